# sweep.gp - accuracy against a swept hyperparameter.
# Blocks of the data file: one for each line; then, over folds or repeats, one for each line's single scores.
margin_left = 82
margin_right = n_levels > 0 ? 170 : 28
margin_bottom = n_series > 1 ? 98 : 66
margin_top = 84
x_title = x_name.(is_log ? ' (logarithmic)' : '')
y_title = y_name
eval frame
eval x_label
eval y_label
if (is_log) set logscale x
set xrange [x_low:x_high]
set yrange [y_low:y_high]
set format x '%g'
set format y (y_high - y_low < 0.04 ? '%.3f' : '%.2f')
if (!is_numeric) {
    # Words are labels: gnuplot takes the text of a tic for a format.
    unset xtics
    do for [i = 0:n_words - 1] {
        set label 300 + i value(sprintf('word_%d', i)) at first i, screen y_at(margin_bottom - 18) center textcolor rgb ink
    }
    set grid noxtics
}
if (is_log && n_ticks > 0) unset mxtics
if (n_series > 1) {
    set key at screen 0.5, screen y_at(16) center bottom horizontal samplen 1.6
} else {
    unset key
}
do for [i = 1:n_levels] {
    y = value(sprintf('level_%d', i))
    c = colour(value(sprintf('level_%d_series', i)))
    set arrow i from graph 0, first y to graph 1, first y nohead dashtype 2 linewidth 1.4 linecolor rgb c
    set label 10 + i value(sprintf('level_%d_text', i)) \
        at graph 1.015, first value(sprintf('level_%d_at', i)) left textcolor rgb c
}

data = name.'.dat'
banded = has_spread && is_numeric
last = n_series - 1
beside(x, i) = is_numeric ? x : x + 0.12 * (i - last / 2.0) # lines side by side over a word

do for [picture in 'svg png'] {
    eval begin
    plot for [i = 0:(banded ? last : -1)] data index i using 1:3:4 with filledcurves \
             fillcolor rgb colour(i) fillstyle transparent solid 0.13 noborder notitle, \
         for [i = 0:(has_spread ? last : -1)] data index n_series + i using (beside($1, i)):2 with points pointtype 7 \
             pointsize 0.45 * size linecolor rgb '#90'.(colour(i)[2:7]) notitle, \
         for [i = 0:(banded ? -1 : last)] data index i using (beside($1, i)):2:3:4 with yerrorbars pointtype 7 \
             pointsize 0.1 * size linewidth 1.2 linecolor rgb colour(i) notitle, \
         for [i = 0:(is_numeric ? last : -1)] data index i using 1:2 with lines linewidth 2 \
             linecolor rgb colour(i) title value(sprintf('series_%d', i)), \
         for [i = 0:last] data index i using (beside($1, i)):2 with points pointtype 7 pointsize 1 * size \
             linecolor rgb colour(i) title (is_numeric ? '' : value(sprintf('series_%d', i))), \
         for [i = 0:last] data index i using (beside($1, i)):($5 == 0 ? $2 : NaN) with points pointtype 7 \
             pointsize 0.6 * size linecolor rgb '#ffffff' notitle, \
         for [i = 0:last] data index i using (beside($1, i)):($5 == 2 ? $2 : NaN) with points pointtype 6 \
             pointsize 2.2 * size linewidth 2 linecolor rgb colour(i) notitle
    unset output
}
