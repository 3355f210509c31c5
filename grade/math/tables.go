package math

// What the commands of LaTeX, the signs of Unicode and plain words stand for.

// symbolCommands become the operator or bracket on the right.
var symbolCommands = map[string]string{
	"cdot": "*", "times": "*", "ast": "*", "bullet": "*", "div": "/", "pm": "+-", "mp": "-+",
	"le": "<=", "leq": "<=", "leqslant": "<=", "leqq": "<=", "ge": ">=", "geq": ">=", "geqslant": ">=", "geqq": ">=",
	"lt": "<", "gt": ">", "ne": "!=", "neq": "!=", "approx": "~", "sim": "~", "simeq": "~", "approxeq": "~", "thickapprox": "~",
	"equiv": "=", "cong": "=", "coloneqq": "=", "triangleq": "=", "doteq": "=", "in": "in", "isin": "in", "subset": "in", "subseteq": "in",
	"cup": "cup", "bigcup": "cup", "cap": "cap", "bigcap": "cap", "setminus": "setminus", "smallsetminus": "setminus", "backslash": "setminus",
	"mid": "mid", "vert": "|", "lvert": "|", "rvert": "|", "Vert": "||", "lVert": "||", "rVert": "||", "|": "||",
	"lfloor": "lfloor", "rfloor": "rfloor", "lceil": "lceil", "rceil": "rceil", "langle": "<<", "rangle": ">>",
	"lbrace": `\{`, "rbrace": `\}`, "lbrack": "[", "rbrack": "]", "lparen": "(", "rparen": ")", "{": `\{`, "}": `\}`,
	"circ": "deg", "degree": "deg", "prime": "'", "%": "%", "colon": ":", "ratio": ":",
	"to": "->", "rightarrow": "->", "Rightarrow": "->", "implies": "->", "longrightarrow": "->", "Longrightarrow": "->", "therefore": "->",
	"iff": "->", "Leftrightarrow": "->", "mapsto": "->", "land": "and", "wedge": "and", "lor": "or", "vee": "or",
	"ldots": "...", "dots": "...", "cdots": "...", "dotsc": "...", "dotsb": "...", "vdots": "...",
	"\\": `\\`, "newline": `\\`, "cr": `\\`, "S": "", "&": "&",
}

// spaceCommands are space or nothing at all; they take no argument.
var spaceCommands = map[string]bool{
	"left": true, "right": true, "middle": true, "big": true, "Big": true, "bigg": true, "Bigg": true, "bigl": true, "bigr": true, "Bigl": true, "Bigr": true,
	"biggl": true, "biggr": true, "Biggl": true, "Biggr": true, "bigm": true, "displaystyle": true, "textstyle": true, "scriptstyle": true, "limits": true, "nolimits": true,
	",": true, ";": true, "!": true, ":": true, ">": true, " ": true, "quad": true, "qquad": true, "enspace": true, "thinspace": true,
	"medspace": true, "negthinspace": true, "hfill": true, "mathstrut": true, "strut": true, "(": true, ")": true, "[": true, "]": true, "rm": true, "bf": true, "it": true,
	"/": true, "-": true, "nobreak": true, "allowbreak": true, "centering": true, "noindent": true, "hline": true, "large": true, "Large": true, "normalsize": true, "checkmark": true,
}

// textCommands have an argument in words.
var textCommands = map[string]bool{
	"text": true, "mbox": true, "mathrm": true, "textbf": true, "textit": true, "textrm": true, "textsf": true, "texttt": true, "textnormal": true, "hbox": true,
	"operatorname": true, "mathsf": true, "mathtt": true, "emph": true, "textup": true, "unit": true, "textsc": true, "operatorname*": true, "textmd": true,
}

// wrapCommands show their argument in some manner; the argument is what counts.
var wrapCommands = map[string]bool{
	"boxed": true, "fbox": true, "mathbf": true, "mathit": true, "bm": true, "boldsymbol": true, "vec": true, "hat": true, "bar": true, "tilde": true, "underline": true,
	"overrightarrow": true, "mathcal": true, "ensuremath": true, "widehat": true, "mathnormal": true, "overline": true, "widetilde": true, "overleftrightarrow": true,
	"smash": true, "mathop": true, "mathrel": true, "mathbin": true, "mathord": true, "overbrace": true, "underbrace": true, "mathfrak": true, "mathscr": true, "pmb": true,
	"dot": true, "num": true, "overarc": true, "wideparen": true,
}

// dropCommands lose their first argument: the colour, the length.
var dropCommands = map[string]bool{"color": true, "textcolor": true, "hspace": true, "vspace": true, "phantom": true, "hphantom": true, "vphantom": true, "label": true, "tag": true,
	"hspace*": true, "kern": true, "colorbox": true}

// letterCommands are letters by other names.
var letterCommands = map[string]string{
	"varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "varrho": "rho", "varsigma": "sigma", "varpi": "varpi", "ell": "l", "imath": "i", "jmath": "j", "hbar": "hbar",
	"emptyset": "emptyset", "varnothing": "emptyset", "infty": "inf", "angle": "angle", "triangle": "triangle", "partial": "partial", "nabla": "nabla", "measuredangle": "angle",
}

var greek = map[string]bool{
	"alpha": true, "beta": true, "gamma": true, "delta": true, "epsilon": true, "zeta": true, "eta": true, "theta": true, "iota": true, "kappa": true, "lambda": true, "mu": true,
	"nu": true, "xi": true, "pi": true, "rho": true, "sigma": true, "tau": true, "upsilon": true, "phi": true, "chi": true, "psi": true, "omega": true,
	"Gamma": true, "Delta": true, "Theta": true, "Lambda": true, "Xi": true, "Pi": true, "Sigma": true, "Upsilon": true, "Phi": true, "Psi": true, "Omega": true,
}

// runes maps signs of Unicode to tokens in LaTeX or ASCII.
var runes = map[rune]string{
	'−': "-", '–': "-", '—': "-", '‐': "-", '‑': "-", '×': "*", '·': "*", '⋅': "*", '∙': "*", '∗': "*", '•': "*", '✕': "*", '÷': "/", '∕': "/", '⁄': "/", '／': "/",
	'√': `\surd`, '∛': `\cbrt`, 'π': `\pi`, 'Π': `\Pi`, '∞': `\infty`, '≤': `\le`, '⩽': `\le`, '≦': `\le`, '≥': `\ge`, '⩾': `\ge`, '≧': `\ge`, '≠': `\ne`, '≈': `\approx`, '∼': `\approx`, '≅': "=", '≡': "=",
	'∪': `\cup`, '⋃': `\cup`, '∩': `\cap`, '∖': `\setminus`, '∈': `\in`, '⊂': `\in`, '⊆': `\in`, '∅': `\emptyset`, 'Ø': `\emptyset`, 'ø': `\emptyset`, '°': `\degree`, 'º': `\degree`, '˚': `\degree`, '∘': `\degree`,
	'±': `\pm`, '∓': `\mp`, '→': `\to`, '⇒': `\to`, '⟹': `\to`, '⟺': `\to`, '∴': `\to`, '…': "...", '⋯': "...", '⟨': `\langle`, '⟩': `\rangle`, '〈': `\langle`, '〉': `\rangle`, '⌊': `\lfloor`, '⌋': `\rfloor`, '⌈': `\lceil`, '⌉': `\rceil`,
	'ℝ': `\mathbb{R}`, 'ℤ': `\mathbb{Z}`, 'ℕ': `\mathbb{N}`, 'ℚ': `\mathbb{Q}`, 'ℂ': `\mathbb{C}`, '′': "'", '″': "''", '’': "'", '‘': "'", '“': `"`, '”': `"`, '∣': `\mid`, '∠': `\angle`, '△': `\triangle`, '∧': `\land`, '∨': `\lor`,
	'α': `\alpha`, 'β': `\beta`, 'γ': `\gamma`, 'δ': `\delta`, 'ε': `\epsilon`, 'ζ': `\zeta`, 'η': `\eta`, 'θ': `\theta`, 'κ': `\kappa`, 'λ': `\lambda`, 'μ': `\mu`, 'µ': `\mu`, 'ν': `\nu`, 'ξ': `\xi`, 'ρ': `\rho`,
	'σ': `\sigma`, 'τ': `\tau`, 'φ': `\phi`, 'ϕ': `\phi`, 'χ': `\chi`, 'ψ': `\psi`, 'ω': `\omega`, 'Ω': `\Omega`, 'Δ': `\Delta`, 'Γ': `\Gamma`, 'Θ': `\Theta`, 'Φ': `\Phi`, 'Σ': `\Sigma`, 'ℓ': "l", 'ℎ': "h", 'ⅈ': "i", 'ⅇ': "e",
	'\u00a0': " ", '\u2009': " ", '\u200a': " ", '\u202f': " ", '\u2002': " ", '\u2003': " ", '\u2005': " ", '\u3000': " ", '\u200b': "", '\u2060': "*", '\u2062': "*", '\u2061': "", '\ufeff': "", '\u200c': "", '\u200d': "", '\u20d7': "",
	'，': ",", '；': ";", '：': ":", '。': ".", '（': "(", '）': ")", '［': "[", '］': "]", '｛': `\{`, '｝': `\}`, '＝': "=", '＋': "+", '－': "-", '＜': "<", '＞': ">", '｜': "|", '％': "%", '、': ",",
	'€': `\text{euros}`, '£': `\text{gbp}`, '¢': `\text{cents}`, '￠': `\text{cents}`,
}

// fractions are the vulgar fractions of Unicode.
var fractions = map[rune][2]int64{
	'½': {1, 2}, '⅓': {1, 3}, '⅔': {2, 3}, '¼': {1, 4}, '¾': {3, 4}, '⅕': {1, 5}, '⅖': {2, 5}, '⅗': {3, 5}, '⅘': {4, 5}, '⅙': {1, 6}, '⅚': {5, 6},
	'⅐': {1, 7}, '⅛': {1, 8}, '⅜': {3, 8}, '⅝': {5, 8}, '⅞': {7, 8}, '⅑': {1, 9}, '⅒': {1, 10},
}

var superscripts = map[rune]byte{'⁰': '0', '¹': '1', '²': '2', '³': '3', '⁴': '4', '⁵': '5', '⁶': '6', '⁷': '7', '⁸': '8', '⁹': '9', '⁻': '-', '⁺': '+', 'ⁿ': 'n', 'ˣ': 'x', '⁽': '(', '⁾': ')', 'ⁱ': 'i'}

var subscripts = map[rune]byte{'₀': '0', '₁': '1', '₂': '2', '₃': '3', '₄': '4', '₅': '5', '₆': '6', '₇': '7', '₈': '8', '₉': '9', '₋': '-', 'ₙ': 'n', 'ₓ': 'x'}

// functions are the names that apply to what follows, and the name we use.
var functions = map[string]string{
	"sin": "sin", "cos": "cos", "tan": "tan", "cot": "cot", "sec": "sec", "csc": "csc", "cosec": "csc", "tg": "tan", "ctg": "cot",
	"arcsin": "arcsin", "arccos": "arccos", "arctan": "arctan", "asin": "arcsin", "acos": "arccos", "atan": "arctan", "arctg": "arctan",
	"sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "ln": "ln", "log": "log", "lg": "lg", "exp": "exp", "abs": "abs", "floor": "floor", "ceil": "ceil", "ceiling": "ceil",
	"gcd": "gcd", "lcm": "lcm", "max": "max", "min": "min", "det": "det", "arg": "arg", "Re": "re", "Im": "im", "cis": "cis", "factorial": "fact", "binomial": "binom", "arccot": "arccot",
	"arcsec": "arcsec", "arccsc": "arccsc", "sgn": "sgn", "sign": "sgn", "coth": "coth", "sech": "sech", "csch": "csch", "conj": "conj",
}

var numberWords = map[string]int64{
	"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13,
	"fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
	"seventy": 70, "eighty": 80, "ninety": 90,
}

var multipliers = map[string]int64{"hundred": 100, "thousand": 1000, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12}
