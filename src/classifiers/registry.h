/* registry.h - every built-in classifier, in the order in which lists show them.
 * To add one: a file src/classifiers/NAME.c that defines sl_classifier_NAME, and a line here. */
#define SL_CLASSIFIERS(X)                                                                                    \
    X(majority)                                                                                              \
    X(sgd)                                                                                                   \
    X(perceptron)                                                                                            \
    X(passive_aggressive)                                                                                    \
    X(logreg)                                                                                                \
    X(linear_svm)                                                                                            \
    X(knn)                                                                                                   \
    X(naive_bayes)                                                                                           \
    X(lda)                                                                                                   \
    X(qda)                                                                                                   \
    X(nearest_centroid)                                                                                      \
    X(tree)                                                                                                  \
    X(forest)                                                                                                \
    X(extra_trees)                                                                                           \
    X(boosting)                                                                                              \
    X(svm)                                                                                                   \
    X(mlp)                                                                                                   \
    X(cnn)
