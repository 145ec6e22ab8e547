# style.gp - what all pictures share: terminals, fonts, frame and grid.
# Sizes are in pixels of 1/96 inch in each of the three formats; fonts and points, too.  White is stated as the ground, so
# that pictures read on dark pages.  Colours are Okabe and Ito's, which colour-blind readers can tell apart; neighbours
# differ in lightness, points and dashes as well, so that they read in grey.
set encoding utf8
set datafile separator ","
set datafile missing ""

if (!exists('formats')) formats = 'svg png pdf'
# The program draws to names with a suffix, and takes it away when the pictures are whole.
if (!exists('suffix')) suffix = ''

# A pixel, as a part of the picture.
px = 1.0 / width
py = 1.0 / height

data = name.'.csv'
image = name.'.ppm'
svg = sprintf("set terminal svg size %d,%d noenhanced font 'sans-serif,13' background '#ffffff'", width, height)
png = sprintf("set terminal pngcairo size %d,%d noenhanced font 'Sans,13' fontscale 0.75 background '#ffffff'", width, height)
pdf = sprintf("set terminal pdfcairo size %.4fin,%.4fin noenhanced font 'Sans,13' fontscale 0.75 background '#ffffff'", \
    width / 96.0, height / 96.0)
begin = "eval value(format); set output name.'.'.format.suffix; size = format eq 'svg' ? 0.55 : 1.0; " \
    ."wide = format eq 'pdf' ? 0.75 : 1.0"
end = "unset output"

set border 3 linecolor rgb '#6b6b6b' linewidth 1
set tics nomirror out scale 0.6
set grid linetype 1 linecolor rgb '#e4e4e4' linewidth 1
unset key
unset colorbox
set style fill solid noborder
