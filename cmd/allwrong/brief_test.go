package main

import (
	"slices"
	"testing"

	"github.com/allwrong/allwrong/certify"
	"github.com/allwrong/allwrong/ingest"
)

func TestBrief(t *testing.T) {
	inputs := []ingest.Input{{Path: "a.zip!x/a.json"}, {Path: "b.zip!1.json"}, {Path: "b.zip!2.json"}, {Path: "c.json"}, {Path: "c.json.more"}}
	list := []certify.Warning{
		{Code: "one", Message: "a.zip!x/a.json: in 3 rows"},
		{Code: "two", Message: "c.json:7: odd"},
		{Code: "one", Message: "b.zip!1.json: in 5 rows"},
		{Code: "whole", Message: "2 records repeated one."},
		{Code: "whole", Message: "3 records did."},
		{Code: "one", Message: "c.json.more: in 1 row"},
		{Code: "one", Message: "c.jsonx: of no file that was read"},
	}
	var got []string
	for _, w := range brief(list, inputs) {
		got = append(got, w.Message)
	}
	want := []string{
		"In 3 files, all of them in --json, first a.zip: in 3 rows", "c.json:7: odd", "2 records repeated one.", "3 records did.", "c.jsonx: of no file that was read",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if list[0].Message != "a.zip!x/a.json: in 3 rows" {
		t.Error("the list that goes into JSON was changed")
	}
}
