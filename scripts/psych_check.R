#!/usr/bin/env Rscript
# Tetrachoric correlations and the whole-Gaussian prediction of beta by two packages of R, psych and mvtnorm.
# usage: Rscript scripts/psych_check.R MATRIX.csv    a table that `allwrong simulate` wrote, of models that are all
#        sometimes right and sometimes wrong. Needs R with psych and mvtnorm (Debian: r-cran-psych r-cran-mvtnorm).
suppressMessages({library(psych); library(mvtnorm)})
options(mc.cores = 1)
path <- commandArgs(trailingOnly = TRUE)[1]
wrong <- 1 - as.matrix(read.csv(path)[, -1])
spent <- system.time(fit <- suppressWarnings(tetrachoric(wrong, correct = 0, smooth = FALSE)))
rho <- fit$rho[upper.tri(fit$rho)]
cat(sprintf("psych: mean %.6f, least %.6f, most %.6f, %.2f s of CPU\n", mean(rho), min(rho), max(rho), spent[["user.self"]]))
e <- eigen(fit$rho, symmetric = TRUE)
fixed <- cov2cor(e$vectors %*% (pmax(e$values, 1e-4) * t(e$vectors)))
set.seed(1)
spent <- system.time(p <- pmvnorm(upper = qnorm(colMeans(wrong)), corr = fixed,
  algorithm = GenzBretz(maxpts = 1e6, abseps = 1e-9)))
cat(sprintf("mvtnorm: %.8f, error estimate %.2g, %.2f s of CPU\n", p, attr(p, "error"), spent[["user.self"]]))
