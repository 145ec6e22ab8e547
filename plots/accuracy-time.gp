# accuracy-time.gp - accuracy with its interval against fit time.
# Bars across: from the fastest timing run to the slowest.
# Blocks of the data file: 0 points, 1 the front that no row beats in both.
eval frame
set logscale x
set xrange [x_low:x_high]
set yrange [y_low:y_high]
x_title = 'fit time in seconds (logarithmic)'.(has_runs ? '; bars: fastest to slowest of the timing runs' : '')
y_title = y_name
eval x_label
eval y_label
set format x '%g'
set format y '%.2f'
if (y_high - y_low < 0.04) set format y '%.3f'
unset key

data = name.'.dat'
mark(i) = i == 2 ? 0xd55e00 : i == 1 ? 0x0072b2 : 0x7f93a3

do for [i = 1:n_labels] {
    shown = value(sprintf('label_%d', i))
    x = value(sprintf('label_%d_x', i))
    y = value(sprintf('label_%d_y', i))
    side = value(sprintf('label_%d_side', i))
    if (side == 1) { set label 10 + i shown at first x, first y left textcolor rgb ink }
    if (side == -1) { set label 10 + i shown at first x, first y right textcolor rgb ink }
    if (side == 0) { set label 10 + i shown at first x, first y center textcolor rgb ink }
}

# Nothing where there is nothing to draw: gnuplot goes once through an empty loop, and complains.
across = has_runs ? "data index 0 using 1:($6 == 1 ? NaN : $2):7:8:(mark($5)) with xerrorbars pointtype 7 ". \
                    "pointsize 0.1 * size linecolor rgb variable linewidth 1.2," : ''

do for [picture in 'svg png'] {
    eval begin
    plot data index 1 using 1:2 with steps linecolor rgb '#c9d6df' linewidth 2, \
         data index 0 using 1:($6 == 1 ? NaN : $2):3:4:(mark($5)) \
             with yerrorbars pointtype 7 pointsize 0.1 * size linecolor rgb variable linewidth 1.2, \
         @across \
         data index 0 using 1:($6 == 1 ? NaN : $2):(mark($5)) \
             with points pointtype 7 pointsize 1.1 * size linecolor rgb variable, \
         data index 0 using 1:($6 == 1 ? $2 : NaN) with points pointtype 11 pointsize 1.2 * size linecolor rgb '#7f93a3'
    unset output
}
