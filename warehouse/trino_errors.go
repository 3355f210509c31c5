package warehouse

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/trinodb/trino-go-client/trino"
)

// explainTrino says what an error of the coordinator, or of the way to it, means.
func explainTrino(err error) string {
	var refused *trino.ErrTrino
	var byValue trino.ErrTrino
	if errors.As(err, &byValue) {
		refused = &byValue
	}
	if refused != nil || errors.As(err, &refused) {
		return explainTrinoName(refused)
	}
	var status *trino.ErrQueryFailed
	if errors.As(err, &status) && status.StatusCode != 0 && status.StatusCode != http.StatusOK {
		return explainTrinoStatus(status)
	}
	var name *net.DNSError
	var dial *net.OpError
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var record tls.RecordHeaderError
	var asked *url.Error
	at := ""
	if errors.As(err, &asked) {
		if u, e := url.Parse(asked.URL); e == nil {
			at = u.Host
		}
	}
	switch {
	case errors.As(err, &name):
		return fmt.Sprintf("no host is called %s: look at the URL", name.Name)
	case errors.As(err, &unknown), errors.As(err, &host):
		return "the certificate of the server is not trusted: SSL_CERT_FILE names a file of the certificates that are"
	case errors.As(err, &record), strings.Contains(err.Error(), "HTTP response to HTTPS client"):
		return "the server does not speak TLS there: write trino://, or another port"
	case errors.As(err, &dial) && dial.Op == "dial":
		return fmt.Sprintf("no server answers at %s (%v): look at the URL, and whether the server runs", dial.Addr, dial.Err)
	case errors.As(err, &dial), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection to the server was lost: run it again once the server is there"
	case at != "":
		return fmt.Sprintf("no answer from %s (%v): look at the URL, and whether the server runs", at, asked.Err)
	}
	return ""
}

func explainTrinoStatus(e *trino.ErrQueryFailed) string {
	switch e.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Sprintf("the server does not let us in (%d %s): say the user in the URL or by TRINO_USER, and the password by TRINO_PASSWORD or a token by TRINO_TOKEN", e.StatusCode, http.StatusText(e.StatusCode))
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return fmt.Sprintf("what answers there is not Trino (%d %s): look at host and port of the URL", e.StatusCode, http.StatusText(e.StatusCode))
	}
	return fmt.Sprintf("the server answers %d %s: try again later", e.StatusCode, http.StatusText(e.StatusCode))
}

// explainTrinoName goes by the names that Trino gives its errors.
func explainTrinoName(e *trino.ErrTrino) string {
	switch e.ErrorName {
	case "TABLE_NOT_FOUND", "SCHEMA_NOT_FOUND", "CATALOG_NOT_FOUND", "MISSING_CATALOG_NAME", "MISSING_SCHEMA_NAME":
		return e.Message + ": write the name as the catalogue does (SHOW TABLES), with CATALOG.SCHEMA. before it if need be, or look at the end of the URL"
	case "COLUMN_NOT_FOUND":
		return e.Message + ": look at the names of the columns"
	case "PERMISSION_DENIED":
		return e.Message + ": ask for the right to read it"
	case "READ_ONLY_VIOLATION", "NOT_SUPPORTED":
		return e.Message + ": the query has to read only, and in a way that its connector supports"
	case "EXCEEDED_TIME_LIMIT":
		return "it took longer than the time-out of the statement, or than the server allows (" + e.Message + "): allow more, or read fewer rows"
	case "SYNTAX_ERROR":
		return "the server cannot read the statement: " + e.Message
	case "UNKNOWN_TRANSACTION", "TRANSACTION_ALREADY_ABORTED", "TRANSACTION_CONFLICT":
		return "the server had to end the transaction (" + e.Message + "): run it again"
	case "SERVER_SHUTTING_DOWN", "SERVER_STARTING_UP", "NO_NODES_AVAILABLE", "QUERY_QUEUE_FULL", "REMOTE_HOST_GONE", "REMOTE_TASK_ERROR", "TOO_MANY_REQUESTS_FAILED", "PAGE_TRANSPORT_ERROR", "PAGE_TRANSPORT_TIMEOUT", "WORKER_RESTARTED":
		return "a part of the cluster is not there (" + e.Message + "): run it again once it is"
	case "ADMINISTRATIVELY_KILLED", "ADMINISTRATIVELY_PREEMPTED", "USER_CANCELED", "ABANDONED_QUERY":
		return "the statement was stopped (" + e.Message + ")"
	}
	switch e.ErrorType {
	case "INSUFFICIENT_RESOURCES":
		return "the server has run out of something (" + e.Message + "): read fewer rows, or ask for more memory (query.max-memory)"
	case "EXTERNAL":
		return "what the server reads from has failed (" + e.Message + ") [" + e.ErrorName + "]"
	}
	return "the server refuses the statement: " + e.Message + " [" + e.ErrorName + "]"
}
