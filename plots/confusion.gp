# confusion.gp - a confusion matrix as a heat map.
# The data file: predicted class, true class, share of the true class, count.
eval frame
set xrange [-0.5:k - 0.5]
set yrange [k - 0.5:-0.5]
set cbrange [0:1]
set palette defined (0 '#ffffff', 0.02 '#f1f6fb', 0.1 '#cfe1f2', 0.3 '#93c4df', 0.6 '#3e8fc4', 1 '#0b559f')
set border 0
set tics scale 0
unset grid
unset key
# Names are labels: gnuplot takes the text of a tic for a format.
unset xtics
unset ytics
do for [i = 0:k - 1] {
    set label 10 + 2 * i value(sprintf('class_%d', i)) at first i, screen y_at(margin_bottom - 8) right rotate by 45 \
        textcolor rgb ink
    set label 11 + 2 * i value(sprintf('class_%d', i)) at screen x_at(margin_left - 8), first i right textcolor rgb ink
}
set label 3 'predicted class' at screen x_at(margin_left + cell * k / 2.0), screen y_at(22) center textcolor rgb ink
set label 4 'true class' at screen x_at(20), screen y_at(margin_bottom + cell * k / 2.0) center rotate by 90 \
    textcolor rgb ink
set colorbox user origin screen x_at(margin_left + cell * k + 20), screen y_at(margin_bottom) \
    size screen x_at(14), screen y_at(cell * k) noborder
set cbtics 0.2 format '%.1f' scale 0 offset -0.6, 0
set label 5 'share of the true class' at screen x_at(margin_left + cell * k + 78), \
    screen y_at(margin_bottom + cell * k / 2.0) center rotate by 90 textcolor rgb grey
do for [i = 1:k - 1] {
    set arrow 2 * i - 1 from first i - 0.5, first -0.5 to first i - 0.5, first k - 0.5 nohead front \
        linewidth 1.5 linecolor rgb '#ffffff'
    set arrow 2 * i from first -0.5, first i - 0.5 to first k - 0.5, first i - 0.5 nohead front \
        linewidth 1.5 linecolor rgb '#ffffff'
}

data = name.'.dat'
count(n, wanted, share) = (share > 0.45) != wanted ? '' : sprintf('%d', n)
ink_of(n) = n == 0 ? 0xc0c0c0 : 0x2b2b2b

do for [picture in 'svg png'] {
    eval begin
    # Cells of no row are white as the ground is: drawing them would make the SVG of many classes huge.
    plot data using ($4 > 0 ? $1 : NaN):2:(0.5):(0.5):3 with boxxyerror fillcolor palette fillstyle solid noborder, \
         for [i = 1:(show_counts ? 1 : 0)] data using 1:2:(count($4, 0, $3)):(ink_of($4)) with labels \
             textcolor rgb variable, \
         for [i = 1:(show_counts ? 1 : 0)] data using 1:2:(count($4, 1, $3)) with labels textcolor rgb '#ffffff'
    unset output
}
