# curves-together.gp - learning curves of several rows side by side: above the loss, below the accuracy, all
# panels of a kind with the same range.  Block i of the data file holds the means of row i.
data = name.'.dat'
band_height = (height - 90.0) / bands
first_left = 74
panel_width = (width - first_left - 16.0) / across
dots = epochs <= 40 ? 0.5 : 0.01
set xrange [(epochs > 1 ? 1 : 0.5):(epochs > 1 ? epochs : 1.5)]
if (epochs <= 6) set xtics 1

do for [picture in 'svg png'] {
    eval begin
    unset label 1
    unset label 2
    set style line 1 linecolor rgb blue linewidth 2.2 pointtype 7 pointsize dots * size
    set style line 2 linecolor rgb red linewidth 2.2 pointtype 7 pointsize dots * size
    set multiplot
    do for [panel = 1:panels] {
        across_at = (panel - 1) % int(across)
        top = 78 + band_height * int((panel - 1) / int(across))
        do for [kind in 'loss accuracy'] {
            is_loss = kind eq 'loss'
            column = is_loss ? 2 : 4
            train = value(sprintf('train_%s_%d', kind, panel))
            validation = value(sprintf('validation_%s_%d', kind, panel))
            first = train ? column : column + 1
            second = validation ? column + 1 : column
            margin_left = first_left + across_at * panel_width
            margin_right = width - margin_left - panel_width + 18
            margin_top = top + (is_loss ? 30 : 30 + (band_height - 80) / 2 + 10)
            margin_bottom = height - margin_top - (band_height - 80) / 2 + 10
            eval frame
            unset label
            if (panel == 1 && is_loss) {
                set label 1 title at screen x_at(24), screen 1 - y_at(28) left font large textcolor rgb ink
                set label 2 subtitle at screen x_at(24), screen 1 - y_at(52) left textcolor rgb grey
            }
            if (is_loss) {
                set label 3 value(sprintf('row_%d', panel)) at screen x_at(margin_left + 4), screen 1 - y_at(margin_top - 12) \
                    left textcolor rgb ink
                set yrange [loss_low:loss_high]
                set key top center
                set format x ''
            } else {
                set label 3 'epoch' at screen x_at(margin_left + (panel_width - 18) / 2.0), screen y_at(margin_bottom - 38) \
                    center textcolor rgb ink
                set yrange [accuracy_low:accuracy_high]
                set key bottom right
                set format x '%g'
            }
            if (across_at == 0) {
                set label 4 kind at screen x_at(margin_left - 56), screen y_at((height + margin_bottom - margin_top) / 2.0) \
                    center rotate by 90 textcolor rgb ink
            }
            set format y (across_at > 0 ? '' : is_loss ? '%g' : '%.2f')
            if (panel > 1) { unset key }
            if (train || validation) {
                plot for [i = 1:(train ? 1 : 0)] data index (panel - 1) using 1:first with linespoints linestyle 1 title 'training', \
                     for [i = 1:(validation ? 1 : 0)] data index (panel - 1) using 1:second with linespoints linestyle 2 \
                         title 'validation'
            }
        }
    }
    unset multiplot
    unset output
}
