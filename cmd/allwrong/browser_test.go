//go:build browser

package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// browser starts Debian's Chromium without a window. It ends with the test.
func browser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("font-render-hinting", "none"))
	if path := os.Getenv("CHROMIUM"); path != "" {
		options = append(options, chromedp.ExecPath(path))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
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

// until waits for a condition of the page.
func until(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		v, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
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

// TestPictures takes the pictures of docs/serve.md into the folder PICTURES.
func TestPictures(t *testing.T) {
	into := os.Getenv("PICTURES")
	if into == "" {
		t.Skip("PICTURES names no folder")
	}
	paths := strings.Fields(os.Getenv("PICTURES_OF"))
	ctx := browser(t)
	link := served(t, append(paths, "--ledger", filepath.Join(t.TempDir(), "ledger.jsonl"), "--overhead", "0.02")...)
	enter(t, ctx, link)
	for _, p := range []struct{ name, path string }{{"report", "/"}, {"desk", "/desk"}, {"counts", "/counts"}, {"blind", "/desk?blind=1"}} {
		for _, size := range []struct {
			name          string
			width, height int64
		}{{"", 1280, 860}, {"-narrow", 360, 780}, {"-tall", 1280, 2600}} {
			for _, colours := range []string{"light", "dark"} {
				scheme(t, ctx, colours)
				do(t, ctx, chromedp.EmulateViewport(size.width, size.height), chromedp.Navigate(at(link, p.path)), chromedp.Sleep(300*time.Millisecond))
				picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
				if err == nil {
					err = os.WriteFile(filepath.Join(into, p.name+size.name+"-"+colours+".png"), picture, 0o644)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
