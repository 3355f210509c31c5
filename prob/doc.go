// Package prob answers one question: which rates are compatible with a count, or with a list of bounded
// scores, at a stated error probability? It also holds the laws of dependence that such rates are compared with.
//
// Everything is a pure function of counts and probabilities; the package knows nothing of models, queries or
// files. Rates and probabilities are fractions in [0, 1], logarithms are natural, and alpha is always the error
// probability that is spent (0.05, not 0.95).
//
// # Fixed sample size
//
// [BinomialCDF], [BinomialTail] and their logarithms are exact tails, not approximations: an incomplete beta
// function ([LogBetaInc]) evaluated from whichever side is small (DiDonato and Morris 1992), with Loader's
// saddle-point form of the leading factor (Loader 2000). [ClopperPearsonLower] and [ClopperPearsonUpper]
// (Clopper and Pearson 1934) invert them; [HypergeometricLower] and [HypergeometricUpper] do the same for
// samples drawn without replacement. [BettingInterval] bounds the mean of independent scores in [0, 1], whatever
// their law (Waudby-Smith and Ramdas 2024).
//
// # Looking as often as one likes
//
// [MixtureUpper], [MixtureLower], [MixtureInterval] and [BettingSequence] hold at every sample size at once, by
// Ville's inequality (Ville 1939; Howard, Ramdas, McAuliffe and Sekhon 2021): one may look after every
// observation and stop whenever one wishes. They are wider than the limits for a fixed sample size, which lose
// their guarantee as soon as somebody peeks.
//
// # Planning
//
// [TrialsBelow], [TrialsAbove] and [ZeroFailureTrials] give the number of observations that a verdict needs,
// computed exactly.
//
// # Joint probabilities
//
// How often would all of some models be wrong, if they depended on each other in a given way?
// [SingleFactorAllWrong] integrates the Gaussian copula with one common correlation, [Orthant] the one with any
// correlation matrix (with a standard error), [ClaytonAllWrong] is the Clayton copula in closed form,
// [CommonShockAllWrong] and [BetaBinomialAllWrong] are laws with a common shock and with a common difficulty, and
// [MomentBounds] covers every law with given means. [BivariateNormalCDF] and [Tetrachoric] treat pairs; [ImpliedRho]
// and [ClaytonTheta] find the parameter from what was observed. [ClipCorrelation] and [NearestCorrelation] repair
// a matrix of pairwise estimates that belongs to no law: the two repairs can lead to quite different
// probabilities, so a result should name the one it rests on. [NormalCDF], [NormalLogCDF] and [NormalQuantile]
// keep their relative accuracy in the tails.
//
// # Draws
//
// Of things that are alike only the number drawn matters. [BinomialQuantile] and [HypergeometricQuantile] turn one
// uniform into such a number, exactly, and [Keyed] gives the uniform to a name, so that a part of any data is the
// same part wherever it is drawn; [MultiHypergeometric] draws a sample from many kinds. Where many draws are needed,
// [RandomBinomial] (transformed rejection, Hörmann 1993) and [RandomMultinomial] take them from a [Stream], and
// [Resample] those of a bootstrap. None of them takes longer because there are more things. [FixedBetUpper] bounds a mean from the numbers of its values.
//
// # Limits
//
// Observations are taken as independent, with one common rate (or mean); drift and clusters are outside every
// guarantee here. Limits computed by several methods on the same data do not keep the level when the most
// pleasing one is picked. Counts up to 1e9 and alpha down to 1e-300 are tested; alpha may be any number in (0, 1).
//
// Arguments outside the stated domain (a count above its total, alpha outside (0, 1), NaN) are mistakes of the
// program that calls, and panic. No data produce NaN: with no observations the limits are 0 and 1.
//
// # Sources
//
//   - Bonett, Price: Inferential methods for the tetrachoric correlation coefficient. J. Educ. Behav. Statist. 30 (2005).
//   - Botev: The normal law under linear restrictions: simulation and estimation via minimax tilting.
//     J. R. Statist. Soc. B 79 (2017).
//   - Chandrupatla: A new hybrid quadratic/bisection algorithm. Adv. Eng. Software 28 (1997).
//   - Clayton: A model for association in bivariate life tables. Biometrika 65 (1978).
//   - Clopper, Pearson: The use of confidence or fiducial limits. Biometrika 26 (1934).
//   - Cranley, Patterson: Randomization of number theoretic methods for multiple integration.
//     SIAM J. Numer. Anal. 13 (1976).
//   - Dawson, Sankoff: An inequality for probabilities. Proc. Amer. Math. Soc. 18 (1967).
//   - DiDonato, Morris: Algorithm 708. ACM Trans. Math. Softw. 18 (1992).
//   - Genz: Numerical computation of multivariate normal probabilities. J. Comput. Graph. Statist. 1 (1992).
//   - Gibson, Glasbey, Elston: Monte Carlo evaluation of multivariate normal integrals (1994).
//   - Golub, Van Loan: Matrix Computations.
//   - Hickernell: Obtaining O(N^(−2+ε)) convergence for lattice quadrature rules (2002).
//   - Higham: Computing the nearest correlation matrix. IMA J. Numer. Anal. 22 (2002).
//   - Hörmann: The generation of binomial random variates. J. Statist. Comput. Simul. 46 (1993).
//   - Howard, Ramdas, McAuliffe, Sekhon: Time-uniform, nonparametric, nonasymptotic confidence sequences.
//     Ann. Statist. 49 (2021).
//   - Kwerel: Most stringent bounds on aggregated probabilities. J. Amer. Statist. Assoc. 70 (1975).
//   - Lentz: Generating Bessel functions in Mie scattering calculations. Applied Optics 15 (1976).
//   - Loader: Fast and accurate computation of binomial probabilities (2000).
//   - Marshall, Olkin: A multivariate exponential distribution. J. Amer. Statist. Assoc. 62 (1967).
//   - Nelsen: An Introduction to Copulas (2006).
//   - Pearson: Mathematical contributions to the theory of evolution VII. Phil. Trans. R. Soc. A 195 (1900).
//   - Ruben: Probability content of regions under spherical normal distributions III. Ann. Math. Statist. 32 (1961).
//   - Skellam: A probability distribution derived from the binomial. J. R. Statist. Soc. B 10 (1948).
//   - Slepian: The one-sided barrier problem for Gaussian noise. Bell System Tech. J. 41 (1962).
//   - Sloan, Kuo, Joe: Constructing randomly shifted lattice rules in weighted Sobolev spaces.
//     SIAM J. Numer. Anal. 40 (2002).
//   - Takahasi, Mori: Double exponential formulas for numerical integration. Publ. RIMS 9 (1974).
//   - Ville: Étude critique de la notion de collectif (1939).
//   - Waudby-Smith, Ramdas: Estimating means of bounded random variables by betting. J. R. Statist. Soc. B 86 (2024).
package prob
