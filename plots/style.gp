# style.gp - what all plots share: both terminals, fonts, colours (Okabe and Ito's, which colour-blind
# readers can tell apart), a light frame and grid.
set encoding utf8
set datafile separator "\t"
set datafile missing 'nan'

ink = '#2b2b2b'
grey = '#7a7a7a'
pale = '#e4e4e4'
blue = '#0072b2'
red = '#d55e00'
green = '#009e73'
orange = '#e69f00'
purple = '#cc79a7'
sky = '#56b4e9'
black = '#4d4d4d'
array colours[7] = [blue, red, green, orange, purple, sky, black]
colour(i) = colours[int(i) % 7 + 1]

has_cairo = strstrt(GPVAL_TERMINALS, 'pngcairo') > 0
svg = sprintf("set terminal svg size %d,%d noenhanced font 'Helvetica,14' background '#ffffff'", width, height)
png = has_cairo ? sprintf("set terminal pngcairo size %d,%d noenhanced font 'Sans,10.5'", width, height) \
                : sprintf("set terminal png size %d,%d noenhanced small", width, height)

set border 3 linecolor rgb grey linewidth 1
set tics nomirror out scale 0.6 textcolor rgb ink
set grid linetype 1 linecolor rgb pale linewidth 1
set key textcolor rgb ink
set xlabel textcolor rgb ink
set ylabel textcolor rgb ink

# Pixels to parts of the picture.
x_at(pixels) = 1.0 * pixels / width
y_at(pixels) = 1.0 * pixels / height

# The program draws to names with a suffix, and takes it away when the pictures are whole.
if (!exists('suffix')) suffix = ''

# A frame with the given margins in pixels, and what stands around it: `eval begin` opens the next picture
# (the variable picture says which: svg or png) and writes the titles.  The terminals differ in the sizes of
# points and fonts.
frame = "set lmargin at screen x_at(margin_left); set rmargin at screen 1 - x_at(margin_right); ". \
        "set bmargin at screen y_at(margin_bottom); set tmargin at screen 1 - y_at(margin_top)"
begin = "eval picture eq 'svg' ? svg : png; set output name.'.'.picture.suffix; ". \
        "size = picture eq 'svg' ? 0.55 : has_cairo ? 1.0 : 1.2; ". \
        "large = picture eq 'svg' ? ',20' : ',15.5'; ". \
        "set label 1 title at screen x_at(24), screen 1 - y_at(28) left font large textcolor rgb ink; ". \
        "set label 2 subtitle at screen x_at(24), screen 1 - y_at(52) left textcolor rgb grey"
x_label = "set label 3 x_title at screen x_at((width + margin_left - margin_right) / 2.0), ". \
          "screen y_at(margin_bottom - 50) center textcolor rgb ink"
y_label = "set label 4 y_title at screen x_at(22), ". \
          "screen y_at((height + margin_bottom - margin_top) / 2.0) center rotate by 90 textcolor rgb ink"

# 1000, not 1e+03.
tick_text(x) = x >= 100 && x < 1e6 ? sprintf('%.0f', x) : sprintf('%.3g', x)

# Ticks that the program chose, where it did.
if (!exists('n_ticks')) n_ticks = 0
if (n_ticks > 0) {
    set xtics ()
    do for [i = 1:n_ticks] {
        set xtics add (tick_text(value(sprintf('tick_%d', i))) value(sprintf('tick_%d', i)))
    }
}
