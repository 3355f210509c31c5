package math

import "testing"

// rules is what is held of each rule: pairs that it calls equal, and near misses.
// Equalities are elementary; whoever doubts one can do it by hand.
var rules = []struct {
	name             string
	equal, different [][2]string
}{
	{"fractions as written",
		[][2]string{{`\frac43`, `4/3`}, {`\dfrac{4}{3}`, `\frac43`}, {`\frac{270}7`, `270/7`}, {`\frac 1 2`, `0.5`}, {`-\frac{1}{2}`, `\frac{-1}{2}`}, {`\frac{1}{-2}`, `-0.5`},
			{`½`, `1/2`}, {`1\over 2`, `0.5`}, {`{1 \over 2}`, `\tfrac12`}, {`\frac{\frac12}{3}`, `1/6`}, {`\cfrac{3}{4}`, `.75`}, {`−5`, `-5`}, {`\frac{3}{6}`, `\frac12`}},
		[][2]string{{`\frac43`, `3/4`}, {`\frac43`, `43`}, {`\frac12`, `12`}, {`1/2`, `1/3`}, {`\frac{1}{2}`, `-\frac{1}{2}`}}},
	{"mixed numbers",
		[][2]string{{`3\tfrac12`, `7/2`}, {`3\frac{1}{2}`, `3.5`}, {`3 1/2`, `3.5`}, {`3½`, `3.5`}, {`-2\frac{3}{4}`, `-2.75`}, {`2\frac{\pi}{3}`, `\frac{2\pi}{3}`}},
		[][2]string{{`3\frac12`, `3/2`}, {`3 1/2`, `31/2`}}},
	{"thousands",
		[][2]string{{`1,000`, `1000`}, {`10,\!080`, `10080`}, {`1{,}000`, `1000`}, {`1\,000`, `1000`}, {`1 000 000`, `1000000`}, {`1,234.5`, `1234.5`}, {`100, 200, 300`, `100,200,300`}, {`(1,000)`, `1000`}},
		[][2]string{{`1,000`, `1`}, {`1,00`, `100`}, {`2,3`, `23`}}},
	{"decimals",
		[][2]string{{`0.5`, `.5`}, {`3.14`, `3.14159`}, {`3.14`, `\pi`}, {`0.33`, `1/3`}, {`0.\overline{3}`, `1/3`}, {`0.1\overline{6}`, `\frac16`}, {`0.333...`, `1/3`}, {`2.50`, `2.5`},
			{`1.5 \times 10^3`, `1500`}, {`1.5e3`, `1500`}, {`1e-3`, `0.001`}, {`1.6\times 10^{-19}`, `1.6e-19`}, {`1.41`, `\sqrt2`}, {`6.02 \times 10^{23}`, `6.022e23`}, {`0.\bar{3}`, `1/3`}, {`3{,}5`, `3.5`}},
		[][2]string{{`1/3`, `0.333`}, {`\pi`, `3.14`}, {`3.14159`, `3.14`}, {`3.14`, `3.15`}, {`0.5`, `0.53`}, {`0.3`, `1/3`}, {`\sqrt2`, `1.414`}, {`1.5e3`, `1.5e4`}}},
	{"percent",
		[][2]string{{`50\%`, `0.5`}, {`50\%`, `50`}, {`50`, `50\%`}, {`50%`, `1/2`}, {`0.5`, `50\%`}, {`12.5\%`, `\frac18`}, {`33\frac13\%`, `1/3`}, {`50 \text{ percent}`, `50%`}},
		[][2]string{{`50`, `0.5`}, {`50\%`, `5`}, {`50\%`, `0.05`}}},
	{"units",
		[][2]string{{`864 \mbox{ inches}^2`, `864`}, {`5.4 \text{ cents}`, `5.4`}, {`\$5.40`, `5.4`}, {`5`, `5 cm`}, {`5 \text{ cm}`, `0.05 \text{ m}`}, {`5\text{ cm}^2`, `5 cm²`}, {`5`, `5 m`}, {`60 mph`, `60 \text{ miles per hour}`},
			{`30^\circ`, `30`}, {`30^{\circ}`, `30 \text{ degrees}`}, {`30°`, `\frac{\pi}{6}`}, {`1 hour`, `60 minutes`}, {`\$32,\!348`, `32348`}, {`12`, `12 \text{ square units}`}, {`12 apples`, `12`}, {`\$2 million`, `2000000`},
			{`10\text{ m/s}`, `36 km/h`}, {`5`, `5 \text{ students}`}, {`5 ft`, `60 in`}, {`\$1.25`, `125 \text{ cents}`}, {`-3 \text{ m}`, `-3`}, {`2\sqrt{3}\text{ cm}`, `2\sqrt3`}, {`12 \pi \text{ square feet}`, `12\pi`}},
		[][2]string{{`5 \text{ cm}`, `5 \text{ m}`}, {`5 \text{ cm}`, `5 \text{ cm}^2`}, {`\$5`, `5 \text{ cents}`}, {`5`, `5x`}, {`3 hours`, `3 minutes`}, {`30^\circ`, `\frac{\pi}{3}`}}},
	{"surds",
		[][2]string{{`2\sqrt3`, `\sqrt{12}`}, {`\frac{1}{\sqrt2}`, `\frac{\sqrt2}{2}`}, {`\sqrt{3+2\sqrt2}`, `1+\sqrt2`}, {`\frac{1}{1+\sqrt2}`, `\sqrt2-1`}, {`√12`, `2√3`}, {`\sqrt[3]{-8}`, `-2`}, {`\sqrt[3]{16}`, `2\sqrt[3]2`}, {`sqrt(2)/2`, `\frac{1}{\sqrt{2}}`},
			{`2^{1/2}`, `\sqrt2`}, {`\sqrt{2}\sqrt{3}`, `\sqrt6`}, {`\sqrt{-4}`, `2i`}, {`\sqrt{5+2\sqrt6}`, `\sqrt2+\sqrt3`}, {`\sqrt[3]{2+\sqrt5}+\sqrt[3]{2-\sqrt5}`, `1`}, {`8^{2/3}`, `4`}, {`\sqrt{\frac{3}{4}}`, `\frac{\sqrt3}2`}, {`10\sqrt{2}`, `\sqrt{200}`}, {`\sqrt 3`, `3^{0.5}`}},
		[][2]string{{`\sqrt{3+2\sqrt2}`, `1+\sqrt3`}, {`2\sqrt3`, `3\sqrt2`}, {`\sqrt{13}`, `\sqrt{1}3`}, {`\sqrt2+\sqrt3`, `\sqrt5`}, {`\sqrt{10}+\sqrt{14}`, `\sqrt{5}+\sqrt{20.9999}`}, {`\sqrt{2}`, `-\sqrt2`}}},
	{"constants and functions",
		[][2]string{{`\log_2 8`, `3`}, {`\ln e^2`, `2`}, {`\sin 30^\circ`, `1/2`}, {`\cos\frac{\pi}{3}`, `0.5`}, {`e^{i\pi}`, `-1`}, {`\ln 6`, `\ln 2+\ln 3`}, {`\tan 45^\circ`, `1`}, {`\sin\frac{\pi}{5}`, `\cos\frac{3\pi}{10}`}, {`\log 100`, `2`}, {`\ln\frac12`, `-\ln 2`},
			{`5!`, `120`}, {`\binom52`, `10`}, {`|{-3}|`, `3`}, {`\lfloor 3.7\rfloor`, `3`}, {`\lceil 3.2 \rceil`, `4`}, {`\arctan 1`, `\frac\pi4`}, {`\frac{e}{2}`, `e/2`}, {`2 pi`, `2\pi`}, {`\pi r^2`, `πr²`}, {`\log_{4} 8`, `1.5`}, {`|3+4i|`, `5`},
			{`\frac{\ln 9}{\ln 3}`, `2`}, {`e^{\ln 5}`, `5`}, {`(1+i)^2`, `2i`}, {`\operatorname{lcm}(4,6)`, `12`}, {`\gcd(12,18)`, `6`}, {`\sum_{k=1}^{4} k`, `10`}, {`2^{10}`, `1024`}, {`2**10`, `1024`}, {`\cos 36^\circ`, `\frac{1+\sqrt5}{4}`}, {`\sin^2 x+\cos^2 x`, `1`}, {`\frac{1}{i}`, `-i`}, {`\log_{10} 2`, `\log 2`}},
		[][2]string{{`\sin 30^\circ`, `\sin 60^\circ`}, {`\ln 5`, `\ln 2+\ln 3`}, {`e^{\pi}`, `\pi^e`}, {`e^{\pi\sqrt{163}}`, `262537412640768744`}, {`\pi`, `\frac{22}{7}`}, {`\pi`, `\frac{355}{113}`}, {`e`, `\pi`}, {`i`, `-i`}, {`9^{9^9}`, `9^{9^9}+1`}}},
	{"expressions",
		[][2]string{{`(x+1)^2`, `x^2+2x+1`}, {`x(x+1)`, `x^2+x`}, {`a+b`, `b+a`}, {`\frac{x^2-1}{x-1}`, `x+1`}, {`2x`, `x\cdot 2`}, {`3x^{2}y`, `3yx^2`}, {`\ln(x^2)`, `2\ln x`}, {`2^{n+1}`, `2\cdot 2^n`}, {`\sqrt{x^2+2x+1}`, `|x+1|`}, {`e^{2x}`, `(e^x)^2`},
			{`\frac{1}{x}+\frac1y`, `\frac{x+y}{xy}`}, {`x^{-1}`, `\frac1x`}, {`n(n+1)/2`, `\frac{n^2+n}{2}`}, {`\sin 2x`, `2\sin x\cos x`}, {`\frac{n!}{(n-2)!}`, `n(n-1)`}, {`(x-2)(x+2)`, `x^2-4`}, {`\tan x`, `\frac{\sin x}{\cos x}`}, {`x\sqrt{x}`, `x^{3/2}`}, {`x_1+x_2`, `x_2+x_1`},
			{`\frac{1}{2} b h`, `bh/2`}, {`\cosh x`, `\frac{e^x+e^{-x}}{2}`}, {`-(x-1)`, `1-x`}, {`2^{-n}`, `(1/2)^n`}, {`\frac{3}{4}x`, `\frac{3x}{4}`}, {`\sqrt{4x+4}`, `2\sqrt{x+1}`}, {`xyz`, `zyx`}, {`\alpha\beta`, `\beta\alpha`}},
		[][2]string{{`\sqrt{x^2}`, `x`}, {`x+1`, `x-1`}, {`2^{n+1}`, `2^n+1`}, {`\sin 2x`, `2\sin x`}, {`x^2`, `2x`}, {`(x+y)^2`, `x^2+y^2`}, {`\frac{1}{x+y}`, `\frac1x+\frac1y`}, {`x`, `y`}, {`(-1)^n`, `1`}, {`|x|`, `x`}, {`n!`, `n`}}},
	{"lists and tuples",
		[][2]string{{`1, 2`, `2, 1`}, {`\{1,2\}`, `\{2,1\}`}, {`1 \text{ and } 2`, `2, 1`}, {`(1,2)`, `(1, 2)`}, {`(1,2)`, `1,2`}, {`1,2`, `\{2,1\}`}, {`\pm 2`, `2, -2`}, {`1\pm\sqrt{19}`, `1+\sqrt{19}, 1-\sqrt{19}`}, {`x=2 \text{ or } x=-2`, `\pm 2`}, {`x = 1, 2`, `1,2`}, {`(1,2),(3,4)`, `(3,4),(1,2)`},
			{`\{5\}`, `5`}, {`\left(\frac12,3\right)`, `(0.5, 3)`}, {`\langle 1,2,3\rangle`, `(1,2,3)`}, {`\begin{pmatrix}1\\2\end{pmatrix}`, `(1,2)`}, {`x=1,y=2`, `y=2, x=1`}, {`(1,2)`, `x=1, y=2`}, {`1, 2`, `1; 2`}, {`\emptyset`, `\{\}`}, {`-1 \pm 2i`, `-1-2i, -1+2i`}, {`(x,y)=(1,2)`, `(1,2)`}, {`2,3,5`, `2, 5 and 3`}, {`1 or 2`, `1, 2`}},
		[][2]string{{`(1,2)`, `(2,1)`}, {`(1,2)`, `\{1,2\}`}, {`\{1,2\}`, `(1,2)`}, {`1,2`, `1`}, {`1`, `1,2`}, {`1,2`, `1,2,3`}, {`(1,2)`, `[1,2]`}, {`5`, `5 or 6`}, {`\pm 2`, `2`}, {`2`, `\pm 2`}, {`(1,2,3)`, `(1,3,2)`}, {`1,1,2`, `1,2`}}},
	{"intervals",
		[][2]string{{`(-\infty,3]\cup[5,7)`, `[5,7) \cup (-\infty, 3]`}, {`x>3`, `(3,\infty)`}, {`0<x\le 5`, `(0,5]`}, {`x \in [1,2]`, `1\le x\le 2`}, {`x\ne 3`, `(-\infty,3)\cup(3,\infty)`}, {`x>3`, `3<x`}, {`[1,2]\cup[2,3]`, `[1,3]`}, {`2x>6`, `x>3`}, {`(-∞, 2) U (3, ∞)`, `x<2 or x>3`}, {`\mathbb{R}`, `(-\infty,\infty)`},
			{`|x|<2`, `(-2,2)`}, {`\mathbb{R}\setminus\{1\}`, `x\neq 1`}, {`-x\le 2`, `x \ge -2`}, {`(0, 1)`, `0<x<1`}, {`\{x \mid x>2\}`, `(2,\infty)`}, {`[-2, \infty)`, `x \geq -2`}, {`\left[\frac12,\infty\right)`, `[0.5, inf)`}, {`(2,12) \cup (12,102)`, `(2,12)\cup(12,102)`}, {`1 < x < \sqrt{4}`, `(1,2)`}},
		[][2]string{{`(1,2)`, `[1,2)`}, {`x>3`, `x\ge 3`}, {`x>3`, `x<3`}, {`(0,5]`, `[0,5]`}, {`(-\infty,3]\cup[5,7)`, `(-\infty,3)\cup[5,7)`}, {`x>3`, `3`}, {`[1,3]`, `[1,2)\cup(2,3]`}}},
	{"equations",
		[][2]string{{`x=5`, `5`}, {`5`, `x = 5`}, {`y=2x+1`, `2x-y+1=0`}, {`y=2x+1`, `2x+1`}, {`f(x)=x^2`, `x^2`}, {`x^2+y^2=25`, `25=x^2+y^2`}, {`5`, `x = 10/2 = 5`}, {`A=\pi r^2`, `\pi r^2`}, {`\frac{x^2}{9}+\frac{y^2}{4}=1`, `4x^2+9y^2=36`}, {`P(A)=1/3`, `1/3`}, {`3`, `f(2)=3`}, {`y = -3`, `-3`},
			{`2x+3y<6`, `-2x-3y>-6`}, {`\frac12`, `x=\frac12=0.5`}, {`3`, `|AB| = 3`}, {`3`, `AB=3`}, {`60`, `\angle ABC = 60^\circ`}, {`\frac{1}{3}`, `\frac13 \approx 0.333`}, {`5`, `5 = x`}, {`0.33`, `\frac13 \approx 0.33`}, {`7`, `x \equiv 7 \pmod{12}`}, {`x^2 - 4x + 4 = 0`, `(x-2)^2=0`}},
		[][2]string{{`x=5`, `y=5`}, {`y=2x+1`, `y=2x-1`}, {`6`, `5=6`}, {`y=2x+1`, `y=2x`}, {`x^2=4`, `x=2`}, {`x=5`, `x=6`}, {`\frac13`, `0.333 \approx \frac13`}}},
	{"matrices",
		[][2]string{{`\begin{pmatrix}1&2\\3&4\end{pmatrix}`, `\begin{bmatrix}1&2\\3&4\end{bmatrix}`}, {`\begin{pmatrix}1/2\\0.5\end{pmatrix}`, `\begin{pmatrix}\frac12\\\frac12\end{pmatrix}`}, {`\begin{vmatrix}1&2\\3&4\end{vmatrix}`, `-2`}, {`\begin{pmatrix}1&2\\3&4\end{pmatrix}`, `\left[\begin{array}{cc}1&2\\3&4\end{array}\right]`}},
		[][2]string{{`\begin{pmatrix}1&2\\3&4\end{pmatrix}`, `\begin{pmatrix}1&3\\2&4\end{pmatrix}`}, {`\begin{pmatrix}1\\2\end{pmatrix}`, `\begin{pmatrix}1&2\end{pmatrix}`}, {`\begin{pmatrix}1\\2\end{pmatrix}`, `(2,1)`}}},
	{"other numbers",
		[][2]string{{`101_2`, `101_{2}`}, {`101_2`, `101`}, {`3:4`, `3/4`}, {`3:4`, `6:8`}, {`3:30`, `3:30`}, {`2516_8`, `2516_{8}`}, {`4A7_{16}`, `4A7_{16}`}, {`3 \pmod 7`, `10 \pmod 7`}, {`3`, `3 \pmod 7`}, {`twelve`, `12`}, {`12`, `\text{twelve}`}},
		[][2]string{{`101_2`, `5`}, {`101_2`, `101_3`}, {`3:4`, `4:3`}, {`3:30`, `1:10`}, {`3:30`, `3:31`}}},
	{"words and letters",
		[][2]string{{`\text{(A)}`, `A`}, {`(A)`, `\text{A}`}, {`\text{Monday}`, `Monday`}, {`\text{even}`, `Even`}, {`B`, `\textbf{(B)}\ 12`}, {`12`, `\textbf{(B)}\ 12`}, {`\text{no solution}`, `\emptyset`}, {`\text{Yes}`, `yes`}, {`(C)`, `C`}, {`\text{all real numbers}`, `(-\infty,\infty)`}, {`\text{Evelyn}`, `Evelyn`}, {`\text{A, B, C}`, `A, B, C`}, {`\text{ellipse}`, `an ellipse`}},
		[][2]string{{`\text{(A)}`, `(B)`}, {`\text{Monday}`, `Tuesday`}, {`5`, `unknown`}, {`\text{Yes}`, `No`}, {`\text{odd}`, `even`}, {`\text{A}`, `\text{B}`}}},
}

func TestRules(t *testing.T) {
	for _, r := range rules {
		for _, p := range r.equal {
			if c := Equal(p[0], p[1]); c.Verdict != Same {
				t.Errorf("%s: reference %q, answer %q: %v by %s, want equal", r.name, p[0], p[1], c.Verdict, c.Rule)
			}
		}
		for _, p := range r.different {
			if c := Equal(p[0], p[1]); c.Verdict != Different {
				t.Errorf("%s: reference %q, answer %q: %v by %s, want different", r.name, p[0], p[1], c.Verdict, c.Rule)
			}
		}
	}
}
