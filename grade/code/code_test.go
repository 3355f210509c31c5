package code

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/allwrong/allwrong/grade"
	"github.com/allwrong/allwrong/internal/sandbox"
)

var sum = &Tests{Tests: []Test{{"1 2\n", "3\n"}, {"10 -4\n", "6\n"}}, TimeLimit: 5}

// A grader that judges by words in the source rejects these, which are right.
func TestHonestProgramsPass(t *testing.T) {
	needs(t, "python")
	for name, program := range map[string]string{
		"plain":                  "a, b = map(int, input().split())\nprint(a + b)",
		"open(0)":                "print(sum(map(int, open(0).read().split())))",
		"open of /dev/stdin":     "print(sum(map(int, open('/dev/stdin').read().split())))",
		"sys.stdin.buffer":       "import sys\nprint(sum(map(int, sys.stdin.buffer.read().split())))",
		"a variable, requests":   "requests = list(map(int, input().split()))\nprint(sum(requests))",
		"a name that ends eval(": "def retrieval(x): return x\nprint(retrieval(sum(map(int, input().split()))))",
		"eval of the input":      "print(eval(input().replace(' ', '+')))",
		"exit()":                 "print(sum(map(int, input().split())))\nexit()",
		"os.write":               "import os\nos.write(1, str(sum(map(int, os.read(0, 100).split()))).encode())",
		"a temporary file":       "import tempfile\nwith tempfile.TemporaryFile('w+') as f:\n    f.write(input()); f.seek(0); print(sum(map(int, f.read().split())))",
		"pathlib, shutil":        "import pathlib, shutil\np = pathlib.Path('x'); p.write_text(input()); shutil.copy('x', 'y'); print(sum(map(int, open('y').read().split())))",
		"subprocess":             "import subprocess, sys\nprint(subprocess.run([sys.executable, '-c', 'print(sum(map(int, input().split())))'], capture_output=True, text=True, input=input()).stdout)",
		"threads, deep stack":    "import sys, threading\nsys.setrecursionlimit(10**6)\nthreading.stack_size(128 << 20)\ndef f(n): return n and 1 + f(n - 1)\ndef main():\n    a, b = map(int, input().split())\n    assert f(50000) == 50000\n    print(a + b)\nt = threading.Thread(target=main); t.start(); t.join()",
		"multiprocessing":        "import multiprocessing\ndef add(x): return sum(x)\nif __name__ == '__main__':\n    with multiprocessing.Pool(2) as p: print(p.map(add, [list(map(int, input().split()))])[0])",
		"asyncio":                "import asyncio\nasync def main(): print(sum(map(int, input().split())))\nasyncio.run(main())",
		"much on stderr":         "import sys\nsys.stderr.write('x' * 1000000)\nprint(sum(map(int, input().split())))",
		"trailing blanks":        "print(' ', sum(map(int, input().split())), '  \\n\\n')",
		"resource":               "import resource\nresource.setrlimit(resource.RLIMIT_STACK, (-1, -1))\nprint(sum(map(int, input().split())))",
		"numbers of processors":  "import os\nassert os.cpu_count()\nprint(sum(map(int, input().split())))",
	} {
		t.Run(name, func(t *testing.T) {
			wantGrade(t, gradeOf(t, sum, fence("python", program)), grade.Right, "all-tests-pass")
		})
	}
}

// What slips past a list of forbidden words finds nothing here.
func TestHostileProgramsFindNothing(t *testing.T) {
	needs(t, "python")
	t.Setenv("ALLWRONG_KEY", "secret")
	one := &Tests{Tests: []Test{{"", "nothing\n"}}, TimeLimit: 5}
	for name, program := range map[string]string{
		"environment": "import os\nprint('nothing' if 'ALLWRONG_KEY' not in os.environ else os.environ)",
		"http.client": "import http.client\ntry: http.client.HTTPConnection('127.0.0.1', 80, timeout=2).request('GET', '/')\nexcept OSError: print('nothing')",
		"importlib":   "import importlib\ns = importlib.import_module('so' + 'cket')\ntry: s.socket()\nexcept OSError: print('nothing')",
		"os.unlink":   "import os\ntry: os.unlink('/usr/bin/env')\nexcept OSError: print('nothing')",
		"passwords":   "try: print(open('/etc/passwd').read())\nexcept OSError: print('nothing')",
		"parent":      "import os\ntry: print(open(f'/proc/{os.getppid()}/environ').read())\nexcept OSError: print('nothing')",
		"tests":       "import glob\nprint('nothing' if glob.glob('/tmp/*') == ['/tmp/main.py'] else glob.glob('/tmp/*'))",
		"bash":        "import os\nprint('nothing' if os.system('cat /etc/passwd > /dev/null 2>&1') else 'read')",
	} {
		t.Run(name, func(t *testing.T) {
			wantGrade(t, gradeOf(t, one, fence("python", program)), grade.Right, "all-tests-pass")
		})
	}
}

func TestVerdicts(t *testing.T) {
	needs(t, "python")
	quick := &Tests{Tests: sum.Tests, TimeLimit: 0.5, MemoryLimit: 128}
	for _, c := range []struct {
		name, program string
		verdict       grade.Verdict
		rule          string
	}{
		{"wrong answer", "print(3)", grade.Wrong, "wrong-answer"},
		{"no output", "pass", grade.Wrong, "wrong-answer"},
		{"too much output", "print(sum(map(int, input().split())), 1)", grade.Wrong, "wrong-answer"},
		{"exception", "print(1 // 0)", grade.Wrong, "runtime-error"},
		{"exit code", "import sys\nprint(sum(map(int, input().split())))\nsys.exit(3)", grade.Wrong, "runtime-error"},
		{"signal", "import os\nos.kill(os.getpid(), 11)", grade.Wrong, "runtime-error"},
		{"syntax", "print(sum(", grade.Wrong, "compile-error"},
		{"indentation", "if 1:\nprint(3)", grade.Wrong, "compile-error"},
		{"endless", "while True: pass", grade.Wrong, "cpu-limit"},
		{"endless in children", "import os\nfor _ in range(4): os.fork()\nwhile True: pass", grade.Wrong, "cpu-limit"},
		{"sleep", "import time\ntime.sleep(1000)", grade.Wrong, "idle-limit"},
		{"memory", "a = [0] * 10**9", grade.Wrong, "memory-limit"},
		{"memory, touched slowly", "a = [bytearray(10**6) for _ in range(200)]\nprint(sum(map(int, input().split())))", grade.Wrong, "memory-limit"},
		{"flood", "while True: print('x' * 1000000)", grade.Wrong, "output-limit"},
		{"fork bomb", "import os\nwhile True: os.fork()", grade.Wrong, "runtime-error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := gradeOf(t, quick, fence("python", c.program))
			if c.name == "fork bomb" && g.Verdict == grade.Wrong {
				return // ended by whichever limit it met first
			}
			wantGrade(t, g, c.verdict, c.rule)
		})
	}
}

// A child that is left behind does not keep the verdict waiting, nor run on.
func TestChildrenEndWithTheProgram(t *testing.T) {
	needs(t, "python")
	program := "import os, time\nprint(sum(map(int, input().split())), flush=True)\nif os.fork() == 0:\n    time.sleep(3600)\nelse:\n    os._exit(0)"
	wantGrade(t, gradeOf(t, sum, fence("python", program)), grade.Right, "all-tests-pass")
}

// A busy machine fails nobody: sixteen programs that each use most of their
// processor time share this machine's processors.
func TestVerdictDoesNotDependOnLoad(t *testing.T) {
	needs(t, "python")
	tests := &Tests{Tests: []Test{{"", "done\n"}}, TimeLimit: 1}
	program := fence("python", "import time\nwhile time.process_time() < 0.3: pass\nprint('done')")
	var stop atomic.Bool
	var load, runs sync.WaitGroup
	for range 16 {
		load.Go(func() {
			for !stop.Load() {
			}
		})
	}
	for range 4 {
		runs.Go(func() { wantGrade(t, gradeOf(t, tests, program), grade.Right, "all-tests-pass") })
	}
	runs.Wait()
	stop.Store(true)
	load.Wait()
}

func TestCPlusPlus(t *testing.T) {
	needs(t, "c++")
	tests := &Tests{Language: "cpp", Tests: sum.Tests, TimeLimit: 1, MemoryLimit: 64}
	const good = "#include <iostream>\nint main() { long long a, b; std::cin >> a >> b; std::cout << a + b << std::endl; }"
	wantGrade(t, gradeOf(t, tests, fence("cpp", good)), grade.Right, "all-tests-pass")
	wantGrade(t, gradeOf(t, tests, good), grade.Right, "all-tests-pass")
	wantGrade(t, gradeOf(t, tests, fence("c++", "int main() { return x; }")), grade.Wrong, "compile-error")
	wantGrade(t, gradeOf(t, tests, "I would rather not."), grade.NoAnswer, "response-is-no-program")
	wantGrade(t, gradeOf(t, tests, fence("cpp", "#include <cstdlib>\nint main() { abort(); }")), grade.Wrong, "runtime-error")
	wantGrade(t, gradeOf(t, tests, fence("cpp", "int main() { volatile int* p = 0; *p = 1; }")), grade.Wrong, "runtime-error")
	wantGrade(t, gradeOf(t, tests, fence("cpp", "#include <vector>\nint main() { std::vector<int> v(1 << 30, 1); return v[5]; }")), grade.Wrong, "memory-limit")
	wantGrade(t, gradeOf(t, tests, fence("cpp", "int main() { for (volatile int i = 0;; i++); }")), grade.Wrong, "cpu-limit")
	wantGrade(t, gradeOf(t, tests, fence("cpp", "#include \"/etc/passwd\"\nint main() {}")), grade.Wrong, "compile-error")
}

func TestOtherLanguages(t *testing.T) {
	for language, program := range map[string]string{
		"c":          "#include <stdio.h>\nint main(void) { long a, b; scanf(\"%ld %ld\", &a, &b); printf(\"%ld\\n\", a + b); }",
		"javascript": "const [a, b] = require('fs').readFileSync(0, 'utf8').split(' ').map(Number); console.log(a + b)",
		"ruby":       "puts gets.split.map(&:to_i).sum",
		"perl":       "my ($a, $b) = split ' ', <STDIN>; print $a + $b, \"\\n\";",
		"bash":       "read a b; echo $((a + b))",
	} {
		t.Run(language, func(t *testing.T) {
			needs(t, language)
			tests := &Tests{Language: language, Tests: sum.Tests}
			wantGrade(t, gradeOf(t, tests, fence(language, program)), grade.Right, "all-tests-pass")
		})
	}
}

func TestAsserts(t *testing.T) {
	needs(t, "python")
	tests := &Tests{Asserts: []string{"assert f(1) == 2", "assert f(5) == math.factorial(3)"}, Setup: "import math"}
	const good = "def f(n): return n + 1"
	for _, c := range []struct {
		name, program string
		verdict       grade.Verdict
		rule          string
	}{
		{"right", good, grade.Right, "all-tests-pass"},
		{"with a main part", good + "\nif __name__ == '__main__':\n    print(f(int(input())))", grade.Right, "all-tests-pass"},
		{"prints", good + "\nprint('1\\n2')", grade.Right, "all-tests-pass"},
		{"wrong", "def f(n): return 2", grade.Wrong, "wrong-answer"},
		{"missing", "def g(n): return 2", grade.Wrong, "runtime-error"},
		{"exits", good + "\nimport os\nos._exit(0)", grade.Wrong, "ended-early"},
		{"exits within", "import sys\ndef f(n): sys.exit(0)", grade.Wrong, "ended-early"},
		{"syntax", "def f(n) return n", grade.Wrong, "compile-error"},
		{"endless", "def f(n):\n    while True: pass", grade.Wrong, "cpu-limit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tests := *tests
			if c.name == "endless" {
				tests.TimeLimit = 0.3
			}
			wantGrade(t, gradeOf(t, &tests, fence("python", c.program)), c.verdict, c.rule)
		})
	}
	list := New().Grade(t.Context(), &grade.Query{Reference: `["assert f(1) == 2"]`}, good)
	wantGrade(t, list, grade.Right, "all-tests-pass")
	bad := New().Grade(t.Context(), &grade.Query{Reference: `["assert f(1 == 2"]`}, good)
	wantGrade(t, bad, grade.CannotTell, "reference-unreadable")
}

func TestChecker(t *testing.T) {
	needs(t, "python")
	const check = `import sys
n = int(open(sys.argv[1]).read())
try:
    a, b = map(int, open(sys.argv[2]).read().split())
except ValueError:
    print("not two numbers", file=sys.stderr); sys.exit(1)
sys.exit(0 if a + b == n else 1)`
	tests := func(source string) *Tests {
		return &Tests{Tests: []Test{{"10\n", "1 9\n"}}, Checker: &Checker{Language: "python", Source: source}}
	}
	for _, c := range []struct {
		name, checker, program string
		verdict                grade.Verdict
		rule                   string
	}{
		{"another right output", check, "print(4, 6)", grade.Right, "all-tests-pass"},
		{"a wrong output", check, "print(4, 7)", grade.Wrong, "wrong-answer"},
		{"no output", check, "pass", grade.Wrong, "wrong-answer"},
		{"rejects the reference", "import sys; sys.exit(1)", "print(4, 6)", grade.CannotTell, "checker-rejects-reference"},
		{"raises on the reference", "1 // 0", "print(4, 6)", grade.CannotTell, "checker-failed"},
		{"raises on the output", "import sys\nassert open(sys.argv[2]).read() == '1 9\\n'", "print(4, 6)", grade.CannotTell, "checker-failed"},
		{"is no program", "import (", "print(4, 6)", grade.CannotTell, "checker-failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantGrade(t, gradeOf(t, tests(c.checker), fence("python", c.program)), c.verdict, c.rule)
		})
	}
	unknown := tests(check)
	unknown.Checker.Language = "cobol"
	wantGrade(t, gradeOf(t, unknown, "print(4, 6)"), grade.CannotTell, "checker-failed")
}

func TestStatementAdmitsSeveral(t *testing.T) {
	needs(t, "python")
	q := &grade.Query{Prompt: "Find a pair. If there are multiple answers, print any.", Reference: reference(t, &Tests{Tests: []Test{{"10\n", "1 9\n"}}})}
	g := New().Grade(t.Context(), q, "print(4, 6)")
	wantGrade(t, g, grade.Wrong, "wrong-answer-of-several")
	flagged := false
	for _, s := range g.Steps {
		flagged = flagged || s.Rule == "statement-admits-several"
	}
	if !flagged {
		t.Error("no step says so")
	}
	wantGrade(t, New().Grade(t.Context(), q, "print(1, 9)"), grade.Right, "all-tests-pass")
}

// What is missing is no fault of the program.
func TestMissingToolIsNoVerdict(t *testing.T) {
	saved := tools["perl"]
	defer func() { tools["perl"] = saved }()
	tools["perl"] = []string{"/nowhere/perl"}
	g := gradeOf(t, &Tests{Language: "perl", Tests: sum.Tests}, "print 3")
	wantGrade(t, g, grade.CannotTell, "language-missing")
	if text := g.Steps[len(g.Steps)-1].Text; !strings.Contains(text, "/nowhere/perl") {
		t.Errorf("%q does not say what is missing", text)
	}
}

func TestNoSandboxIsNoVerdict(t *testing.T) {
	o := notRun(t.Context(), sandbox.ErrUnavailable)
	if o.verdict != grade.CannotTell || o.rule != "sandbox-unavailable" {
		t.Errorf("got %+v", o)
	}
}

func TestSameGradeAgainAndAtOnce(t *testing.T) {
	needs(t, "python")
	g, q := New(), &grade.Query{Reference: reference(t, sum)}
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			wantGrade(t, g.Grade(t.Context(), q, "print({3, 'x', 6} and sum(map(int, input().split())))"), grade.Right, "all-tests-pass")
		})
	}
	all.Wait()
}
