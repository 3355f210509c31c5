//go:build browser

package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// browser starts Debian's Chromium without a window. It ends with the test.
func browser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("font-render-hinting", "none"),
		chromedp.Flag("host-resolver-rules", "MAP evil.example 127.0.0.1"))
	if path := os.Getenv("CHROMIUM"); path != "" {
		options = append(options, chromedp.ExecPath(path))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	return tab(t, ctx)
}

// tab opens another tab of the browser.
func tab(t *testing.T, ctx context.Context) context.Context {
	t.Helper()
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	do(t, ctx, chromedp.EmulateViewport(1280, 860))
	return ctx
}

// quiet fails the test for whatever the page writes as an error to the console.
// A page that is refused is written there as well: those expected are named.
func quiet(t *testing.T, ctx context.Context, expected ...string) {
	t.Helper()
	messages := chromedp.Console(ctx) // starts the browser: not at the same time as another
	go func() {
		for m, err := range messages {
			// A test that has ended stops its server, and a page may still ask it.
			if err != nil || t.Context().Err() != nil {
				return
			}
			known := slices.ContainsFunc(expected, func(e string) bool { return strings.Contains(m.Text, e) })
			if (m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleException || m.Type == chromedp.ConsoleWarning) && !known {
				t.Errorf("the console says: %s: %s (%s)", m.Type, m.Text, m.URL)
			}
		}
	}()
}

// served runs allwrong serve inside the test and gives its link.
func served(t *testing.T, args ...string) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	var errs strings.Builder
	done := make(chan int, 1)
	go func() {
		code := run(ctx, append([]string{"serve"}, args...), strings.NewReader(""), in, &errs)
		in.Close()
		done <- code
	}()
	t.Cleanup(func() {
		stop()
		if code := <-done; code != exitDone {
			t.Errorf("serve ended with %d: %s", code, errs.String())
		}
	})
	link, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("serve printed no link: %v; %s", err, errs.String())
	}
	return strings.TrimSpace(link)
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// js evaluates an expression, a promise as well.
func js[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// typed presses keys, one after the other, as a keyboard does: what a key types
// is left to the page, which may have another use for it.
func typed(t *testing.T, ctx context.Context, keys string) {
	t.Helper()
	for _, r := range keys {
		down := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: string(r), Text: string(r)}
		switch r {
		case '\r':
			down.Key, down.Code, down.WindowsVirtualKeyCode = "Enter", "Enter", 13
		case '\t':
			down.Key, down.Code, down.Text, down.WindowsVirtualKeyCode = "Tab", "Tab", "", 9
		}
		up := down
		up.Type, up.Text = input.DispatchKeyEventTypeKeyUp, ""
		for _, e := range []input.DispatchKeyEventParams{down, up} {
			if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, e); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// until waits for a condition of the page.
func until(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		// Keys and clicks mean something once the page's scripts have run.
		v, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("document.readyState === 'complete' && ("+expression+")"))
		if err == nil && v {
			return
		}
		if time.Now().After(end) {
			text, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
			t.Fatalf("%s did not come true (%v); the page says:\n%.2000s", expression, err, text)
		}
	}
}

// enter opens the link and waits until the token is a cookie.
func enter(t *testing.T, ctx context.Context, link string) {
	t.Helper()
	do(t, ctx, chromedp.Navigate(link))
	until(t, ctx, "document.querySelector('#headline') !== null")
}

// scheme chooses light or dark.
func scheme(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}})
	if err != nil {
		t.Fatal(err)
	}
}

// at gives an address of the server of a link.
func at(link, path string) string { return link[:strings.Index(link, "/#")] + path }
