"""Least squares of statsmodels, tails and quantiles of SciPy, exhaustive subsets by statsmodels' AIC and BIC."""

from itertools import combinations

import numpy as np
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.outliers_influence import variance_inflation_factor
from statsmodels.stats.stattools import durbin_watson, jarque_bera

from common import out_folder, save_json


def quantile(law, p):
    """SciPy's, which is good to ten digits, after two Newton steps on its tail, which is good to fifteen."""
    x = law.ppf(p)
    for _ in range(2):
        x -= ((law.cdf(x) - p) if p < 0.5 else ((1 - p) - law.sf(x))) / law.pdf(x)
    return x


def design(rng):
    """Correlated predictors, one far from zero, and residuals whose spread grows: 40 rows, 4 columns."""
    base = rng.normal(size=(40, 4))
    x = base @ np.array([[1, 0.6, 0, 0], [0, 1, 0, 0], [0, 0.5, 1, 0.2], [0, 0, 0, 1]]) * [1, 20, 0.01, 3] + [0, 1950, 0, 5]
    y = 3 + x @ [0.8, 0.05, 0, -0.3] + rng.normal(size=40) * (0.3 + 0.7 * np.abs(base[:, 0]))
    return x, y


def scaled_condition(exog):
    values = np.linalg.svd(exog / np.linalg.norm(exog, axis=0), compute_uv=False)
    return values[0] / values[-1]


def regression(x, y, intercept):
    exog = sm.add_constant(x, has_constant="add") if intercept else x
    model = sm.OLS(y, exog, hasconst=intercept)
    fit = model.fit()
    first = int(intercept)
    # statsmodels regresses on the other columns given, so those of the uncentred kind need no constant among them.
    vif = [variance_inflation_factor(exog, first + j) if intercept else uncentred_vif(x, j) for j in range(x.shape[1])]
    robust = {kind: sm.OLS(y, exog, hasconst=intercept).fit(cov_type=kind.upper(), use_t=True) for kind in ("hc0", "hc1", "hc2", "hc3")}
    reach = quantile(stats.t(fit.df_resid), 0.95) * fit.bse
    assert np.allclose(fit.conf_int(0.1)[:, 0], fit.params - reach, rtol=1e-6)
    return {
        "estimate": fit.params, "se": fit.bse, "t": fit.tvalues, "p": fit.pvalues, "lower90": fit.params - reach,
        "upper90": fit.params + reach, "vif": vif, "ssr": fit.ssr, "r2": fit.rsquared, "adjusted_r2": fit.rsquared_adj,
        "f": fit.fvalue, "f_p": fit.f_pvalue, "log_likelihood": fit.llf, "aic": fit.aic, "bic": fit.bic,
        "durbin_watson": durbin_watson(fit.resid), "jarque_bera": jarque_bera(fit.resid)[0],
        "jarque_bera_p": jarque_bera(fit.resid)[1], "condition": scaled_condition(exog),
        "leverage": fit.get_influence().hat_matrix_diag, "cook": fit.get_influence().cooks_distance[0],
        "residuals": fit.resid, **{kind: r.bse for kind, r in robust.items()}, "hc3_p": robust["hc3"].pvalues,
    }


def uncentred_vif(x, j):
    others = np.delete(x, j, 1)
    return 1 / (1 - sm.OLS(x[:, j], others, hasconst=False).fit().rsquared)


def subsets(x, y, intercept):
    """The best subset by each criterion, of every one."""
    best = {}
    for size in range(x.shape[1] + 1):
        for columns in combinations(range(x.shape[1]), size):
            exog = np.column_stack([np.ones(len(y))] * intercept + [x[:, c] for c in columns]) if size + intercept else None
            ssr = np.sum(y**2) if exog is None else sm.OLS(y, exog, hasconst=bool(intercept)).fit().ssr
            for name, price in (("aic", 2), ("bic", np.log(len(y)))):
                value = len(y) * np.log(ssr) + price * size
                if name not in best or value < best[name][0]:
                    best[name] = (value, list(columns))
    return {name: columns for name, (_, columns) in best.items()}


def distributions():
    rows = []
    add = lambda name, arguments, value: rows.append({"of": name, "at": arguments, "value": float(value)})
    for z in (-3.0, 0.0, 0.5, 8.0, 20.0):
        add("normal_tail", [z], stats.norm.sf(z))
    for p in (1e-9, 0.025, 0.5, 0.975):
        add("normal_quantile", [p], quantile(stats.norm, p))
    for df in (1.0, 2.5, 9.0, 71.0, 1000.0):
        for t in (-2.0, 0.0, 0.7, 2.0, 12.0):
            add("student_tail", [t, df], stats.t.sf(t, df))
        for p in (0.001, 0.5, 0.975):
            add("student_quantile", [p, df], quantile(stats.t(df), p))
    for above, below in ((1.0, 5.0), (4.0, 73.0), (6.5, 2.0)):
        for f in (0.1, 1.0, 4.0, 330.0):
            add("f_tail", [f, above, below], stats.f.sf(f, above, below))
        for p in (0.05, 0.95):
            add("f_quantile", [p, above, below], quantile(stats.f(above, below), p))
    for df in (1.0, 2.0, 30.5):
        for x in (0.01, 1.0, 40.0, 200.0):
            add("chi2_tail", [x, df], stats.chi2.sf(x, df))
        for p in (0.05, 0.99):
            add("chi2_quantile", [p, df], quantile(stats.chi2(df), p))
    return rows


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return value.tolist() if hasattr(value, "tolist") else [plain(v) for v in value] if isinstance(value, list) else value


def main():
    rng = np.random.default_rng(52)
    x, y = design(rng)
    wide = rng.normal(size=(30, 7)) @ rng.normal(size=(7, 7))
    response = wide[:, 1] - 0.4 * wide[:, 4] + rng.normal(size=30) * 1.5
    save_json(
        out_folder("regression") / "regression.json",
        plain({
            "x": x, "y": y, "intercept": regression(x, y, True), "plain": regression(x, y, False),
            "subsets": {"x": wide, "y": response, "intercept": subsets(wide, response, 1), "plain": subsets(wide, response, 0)},
            "distributions": distributions(),
        }),
    )


if __name__ == "__main__":
    main()
