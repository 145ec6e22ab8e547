# A shared library exports what stands between SL_API_BEGIN and SL_API_END in the public headers, and nothing else.
# Visibility hides the rest, but for what the compiler makes global by itself (the locks of OpenMP, functions that are
# dispatched by processor): that a list of names for the linker hides.
set_target_properties(shortlist PROPERTIES C_VISIBILITY_PRESET hidden)
if(BUILD_SHARED_LIBS)
  file(GLOB headers CONFIGURE_DEPENDS include/shortlist/*.h)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${headers})
  set(exports)
  foreach(header ${headers})
    file(READ ${header} text)
    string(REPLACE "[" "(" text "${text}") # which would keep a list together
    # A declaration begins its line; comments, members and further lines do not begin with a letter.
    string(REGEX MATCHALL "\n[A-Za-z_][A-Za-z0-9_ *]*[ *]sl_[a-z0-9_]+[(]" declarations "${text}")
    foreach(declaration IN LISTS declarations)
      string(REGEX REPLACE ".*[ *](sl_[a-z0-9_]+).$" "\\1" name "${declaration}")
      string(APPEND exports "    ${name};\n")
    endforeach()
  endforeach()
  set(list ${CMAKE_BINARY_DIR}/exports.map)
  file(CONFIGURE OUTPUT ${list} CONTENT "{\n  global:\n@exports@  local: *;\n};\n" @ONLY)
  target_link_options(shortlist PRIVATE -Wl,--version-script=${list})
  set_property(TARGET shortlist APPEND PROPERTY LINK_DEPENDS ${list})
endif()
