# What `cmake --install` gives: the program, the library with its headers, pkg-config and CMake package
# files, the shipped experiments and plot templates, the man page and the shell completion.
include(CMakePackageConfigHelpers)
set_target_properties(shortlist PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION 0)

install(TARGETS shortlist EXPORT shortlist)
install(DIRECTORY include/shortlist DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY experiments plots report DESTINATION ${CMAKE_INSTALL_DATADIR}/shortlist)
install(PROGRAMS data/fetch DESTINATION ${CMAKE_INSTALL_DATADIR}/shortlist)
install(FILES src/cli/shortlist.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES src/cli/shortlist.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME shortlist)

# pkg-config: a static library drags its dependencies along, a shared one hides them.
set(SHORTLIST_REQUIRES "gsl sqlite3 yaml-0.1 jansson zlib liblzma libzstd libzip libpng fftw3f")
set(SHORTLIST_LIBS "-lsvm -ldnnl -lbz2 ${OpenMP_C_FLAGS} -lpthread -ldl -lm")
if(BUILD_SHARED_LIBS)
  set(SHORTLIST_DEPENDENCIES "Requires.private: ${SHORTLIST_REQUIRES}\nLibs: -L\${libdir} -lshortlist\nLibs.private: ${SHORTLIST_LIBS}")
else()
  set(SHORTLIST_DEPENDENCIES "Requires: ${SHORTLIST_REQUIRES}\nLibs: -L\${libdir} -lshortlist ${SHORTLIST_LIBS}")
endif()
# From the .pc file up to the prefix, so that the whole can be moved.
file(RELATIVE_PATH SHORTLIST_UP /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/shortlist.pc.in shortlist.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/shortlist.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/shortlist)
install(EXPORT shortlist NAMESPACE shortlist:: FILE shortlistTargets.cmake DESTINATION ${package_dir})
configure_package_config_file(cmake/shortlistConfig.cmake.in shortlistConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(shortlistConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/shortlistConfig.cmake ${CMAKE_BINARY_DIR}/shortlistConfigVersion.cmake
        DESTINATION ${package_dir})
