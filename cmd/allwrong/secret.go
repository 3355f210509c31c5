package main

import "regexp"

var (
	userinfo  = regexp.MustCompile(`(://[^\s/:@]*):[^\s]*@`)
	parameter = regexp.MustCompile(`(?i)([?&;][a-z_]*password=)[^\s&;]*`)
)

// withoutPasswords is a message without the passwords of URLs in it. Who reads
// databases refuses such a URL; here it may stand where no URL is wanted, and be
// repeated as what it is not.
func withoutPasswords(message string) string {
	return parameter.ReplaceAllString(userinfo.ReplaceAllString(message, "$1:…@"), "$1…")
}
