# curves-together.gp - learning curves of several rows side by side: above the loss, below the accuracy.  All
# panels have the same range of accuracies; of losses and epochs, too, but where classifiers differ: each has a loss
# of its own, and means something of its own by an epoch.
# Block i of the data file holds the means of row i.
data = name.'.dat'
band_height = (height - 90.0) / bands
first_left = 74
between = same_loss ? 18 : 60 # pixels between panels: more, where each has numbers at its axis
panel_width = (width - first_left - 16.0) / across
dots = epochs <= 40 ? 0.5 : 0.01
first_validation = 0
do for [panel = 1:panels] {
    if (!first_validation && value(sprintf('validation_loss_%d', panel)) && value(sprintf('train_loss_%d', panel))) { first_validation = panel }
}
key_panel = first_validation ? first_validation : 1

do for [picture in 'svg png'] {
    eval begin
    unset label 1
    unset label 2
    set style line 1 linecolor rgb blue linewidth 2.2 pointtype 7 pointsize dots * size
    set style line 2 linecolor rgb red linewidth 2.2 pointtype 7 pointsize dots * size
    set multiplot
    do for [panel = 1:panels] {
        across_at = (panel - 1) % int(across)
        if (across_at == 0) { accuracy_titled = 0 }
        last = same_loss ? epochs : value(sprintf('epochs_%d', panel))
        set xrange [(last > 1 ? 1 : 0.5):(last > 1 ? last : 1.5)]
        step = same_loss ? epoch_step : value(sprintf('epoch_step_%d', panel))
        set xtics step
        top = 78 + band_height * int((panel - 1) / int(across))
        do for [kind in 'loss accuracy'] {
            is_loss = kind eq 'loss'
            column = is_loss ? 2 : 4
            train = value(sprintf('train_%s_%d', kind, panel))
            validation = value(sprintf('validation_%s_%d', kind, panel))
            first = train ? column : column + 1
            second = validation ? column + 1 : column
            no_accuracy = !value(sprintf('train_accuracy_%d', panel)) && !value(sprintf('validation_accuracy_%d', panel))
            margin_left = first_left + across_at * panel_width
            margin_right = width - margin_left - panel_width + between
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
                if (same_loss) { set yrange [loss_low:loss_high] } else { set yrange [value(sprintf('loss_low_%d', panel)):value(sprintf('loss_high_%d', panel))] }
                set key top right
                set format x (no_accuracy ? '%g' : '')
            } else {
                set label 3 (no_accuracy ? '' : 'epoch') at screen x_at(margin_left + (panel_width - between) / 2.0), screen y_at(margin_bottom - 38) \
                    center textcolor rgb ink
                set yrange [accuracy_low:accuracy_high]
                unset key
                set format x '%g'
            }
            if (is_loss && no_accuracy) {
                set label 5 'epoch' at screen x_at(margin_left + (panel_width - between) / 2.0), screen y_at(margin_bottom - 38) \
                    center textcolor rgb ink
            }
            titled = is_loss ? across_at > 0 : no_accuracy || accuracy_titled
            if (!is_loss && !no_accuracy) { accuracy_titled = 1 }
            if (!titled) {
                set label 4 kind at screen x_at(margin_left - 56), screen y_at((height + margin_bottom - margin_top) / 2.0) \
                    center rotate by 90 textcolor rgb ink
            }
            set format y (same_loss && across_at > 0 ? '' : is_loss ? '%g' : '%.2f')
            if (panel != key_panel || !is_loss) { unset key }
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
