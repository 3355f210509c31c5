// Package web is the local app: the report, live, and the audit desk, on
// 127.0.0.1 and nowhere else.
//
// # What it may do
//
// It shows what the measures say of data that were read once and never change,
// and it adds lines to one ledger. Nothing is changed by GET; no file that is
// dropped on it leaves the machine. State is in the address, so that many tabs
// can look at different pools and queries at once.
//
// # Who may ask
//
// Whoever has the token, which is printed once and comes back as a cookie that
// no script can read and no other site can send. Host has to be our own address
// (else a name that is made to point here could read the pages), Origin, where
// a browser states it, too, and changes are refused from any other site.
//
// # How pages work
//
// Every page is HTML from the server and works without a script: links and
// forms. The script fetches the same pages and swaps their parts, and gives
// every button a key. What models, questions and files say is hostile: it goes
// through html/template, with control characters and marks that turn the
// direction of writing made visible, and long texts cut.
package web
