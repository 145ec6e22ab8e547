# curves.gp - loss and accuracy by epoch, on training and validation rows.
# Blocks of the data file: 0 the means; 1 ... curves the single curves, where there are several.
data = name.'.dat'
margin_top = 92
margin_bottom = 66
set xrange [(epochs > 1 ? 1 : 0.5):(epochs > 1 ? epochs : 1.5)]
if (epochs <= 12) set xtics 1
x_title = 'epoch'
# Loss left, accuracy right; one of them alone takes the whole width.
panel_first = has_train_loss || has_validation_loss ? 0 : 1
panel_last = has_train_accuracy || has_validation_accuracy ? 1 : 0
dots = epochs <= 40 ? 0.6 : 0.01

do for [picture in 'svg png'] {
    eval begin
    unset label 1
    unset label 2
    set style line 1 linecolor rgb blue linewidth 2.2 pointtype 7 pointsize dots * size
    set style line 2 linecolor rgb red linewidth 2.2 pointtype 7 pointsize dots * size
    set multiplot
    do for [panel = panel_first:panel_last] {
        train = panel == 0 ? has_train_loss : has_train_accuracy
        validation = panel == 0 ? has_validation_loss : has_validation_accuracy
        column = panel == 0 ? 2 : 4
        # What was not measured is not drawn; gnuplot reads its column all the same, and complains if it is empty.
        first = train ? column : column + 1
        second = validation ? column + 1 : column
        margin_left = panel == panel_first ? 82 : 82 + width / 2 - 10
        margin_right = panel == panel_last ? 28 : width / 2 + 16
        eval frame
        unset label
        if (panel == panel_first) {
            set label 1 title at screen x_at(24), screen 1 - y_at(28) left font large textcolor rgb ink
            set label 2 subtitle at screen x_at(24), screen 1 - y_at(52) left textcolor rgb grey
        }
        y_title = panel == 0 ? 'loss' : 'accuracy'
        eval x_label
        set label 4 y_title at screen x_at(margin_left - 60), \
            screen y_at((height + margin_bottom - margin_top) / 2.0) center rotate by 90 textcolor rgb ink
        set format y (panel == 0 ? '%g' : '%.2f')
        if (panel == 0) { set key top center } else { set key bottom right }
        best = panel == 0 ? best_loss : best_accuracy
        best_epoch = panel == 0 ? best_loss_epoch : best_accuracy_epoch
        if (validation && best_epoch > 0) {
            set label 5 sprintf(panel == 0 ? '%.3f' : '%.4f', best) at first best_epoch, first best \
                point pointtype 6 pointsize 1.9 * size linewidth 1.8 linecolor rgb red \
                offset (best_epoch > 0.85 * epochs ? -2 : 0), (panel == 0 ? -1.1 : 1.1) center textcolor rgb red
        }
        if (train || validation) {
            plot for [i = 1:(curves > 1 && train ? curves : 0)] data index i using 1:first with lines \
                     linewidth 1 linecolor rgb '#c00072b2' notitle, \
                 for [i = 1:(curves > 1 && validation ? curves : 0)] data index i using 1:second with lines \
                     linewidth 1 linecolor rgb '#c0d55e00' notitle, \
                 for [i = 1:(train ? 1 : 0)] data index 0 using 1:first with linespoints linestyle 1 title 'training', \
                 for [i = 1:(validation ? 1 : 0)] data index 0 using 1:second with linespoints linestyle 2 \
                     title 'validation'
        }
    }
    unset multiplot
    unset output
}
