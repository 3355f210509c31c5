package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/trinodb/trino-go-client/trino"
)

// trinoDB reads Trino, and through it what Trino reads: Iceberg, Delta Lake,
// Hive, ClickHouse, BigQuery and more. Its texts are compared by their code
// points, which is byte by byte.
var trinoDB = dialect{
	title:   "Trino",
	schemes: []string{"trino://", "trino+https://"},
	open:    openTrino,
	// Read only, as the engine sees to. What a transaction sees is settled by the
	// connector below: Iceberg keeps one snapshot, a folder of files does not.
	begin: func(ctx context.Context, db *sql.DB, _ time.Duration) (querier, func() error, error) {
		tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
		if err != nil {
			return nil, nil, err
		}
		return tx, tx.Rollback, nil
	},
	kinds: kindsTrino,
	ident: doubleQuoted,
	bind:  func(int) string { return "?" },
	asText: func(expr string, k kind) string {
		switch k {
		case text:
			return expr
		case textual:
			return "rtrim(CAST(" + expr + " AS varchar))" // char(n) is filled up with blanks
		}
		return "CAST(" + expr + " AS varchar)"
	},
	asNumber: func(expr string, _ kind) string { return "CAST(" + expr + " AS double)" },
	asWhole:  func(expr string, _ kind) string { return expr },
	moment: func(k kind) (string, string) {
		if k == zoned {
			return "from_iso8601_timestamp_nanos(%s)", time.RFC3339Nano
		}
		return "CAST(%s AS timestamp(9))", "2006-01-02 15:04:05.999999999"
	},
	stamp:    func(expr string, _ kind) (string, string) { return expr, "" },
	power:    func(expr string) string { return "bitwise_left_shift(BIGINT '1', " + expr + ")" },
	or:       func(expr string) string { return "bitwise_or_agg(" + expr + ")" },
	and:      func(a, b string) string { return "bitwise_and(" + a + ", " + b + ")" },
	right:    func(a string, by int) string { return fmt.Sprintf("bitwise_right_shift(%s, %d)", a, by) },
	shuffled: func(text string) string { return "sha256(to_utf8(" + text + "))" },
	// The engine takes at most the ten thousand least.
	some: func(text string, n int) string { return fmt.Sprintf("json_format(CAST(min(%s, %d) AS json))", text, n) },
	scattered: func(text string, n int) string {
		return fmt.Sprintf("bitwise_and(from_big_endian_64(xxhash64(to_utf8(%s))), %d)", text, n-1)
	},
	sample:  sampleTrino,
	explain: explainTrino,
}

// openTrino prepares the connection. Who we are stands in the URL or in
// TRINO_USER; what proves it, TRINO_PASSWORD or the bearer token TRINO_TOKEN,
// goes over TLS only. TLS is what trino+https:// and the ports 443 and 8443 mean.
func openTrino(_ context.Context, s Source, received *meter) (*sql.DB, error) {
	config, err := configTrino(s, os.Getenv)
	if err != nil {
		return nil, err
	}
	received.wire = true
	dialer := &net.Dialer{Timeout: connectTimeout}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &counted{c, received}, nil
	}
	config.HTTPClient = &http.Client{Transport: transport}
	connector, err := trino.NewConnector(config)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

func configTrino(s Source, getenv func(string) string) (*trino.Config, error) {
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" || u.Hostname() == "" {
		return nil, errors.New("the URL cannot be read: want trino://USER@HOST:PORT/CATALOG/SCHEMA")
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("nothing that follows ? or # in the URL is read: take it out")
	}
	user, password, token := u.User.Username(), getenv("TRINO_PASSWORD"), getenv("TRINO_TOKEN")
	if user == "" {
		user = getenv("TRINO_USER")
	}
	if user == "" {
		return nil, errors.New("nobody is named who asks: write trino://USER@HOST:PORT/CATALOG/SCHEMA, or say it by TRINO_USER")
	}
	server := url.URL{Scheme: "http", Host: u.Host, User: url.User(user)}
	if u.Scheme == "trino+https" || u.Port() == "443" || u.Port() == "8443" {
		server.Scheme = "https"
	}
	switch {
	case server.Scheme == "http" && password+token != "":
		return nil, errors.New("TRINO_PASSWORD or TRINO_TOKEN is set, and trino:// would send it for anyone to read: write trino+https://, or unset it")
	case password != "" && token != "":
		return nil, errors.New("TRINO_PASSWORD and TRINO_TOKEN are both set: unset one")
	case password != "":
		server.User = url.UserPassword(user, password)
	}
	catalog, schema, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if strings.Contains(schema, "/") {
		return nil, errors.New("the URL has too many parts: want trino://USER@HOST:PORT/CATALOG/SCHEMA")
	}
	patience := 5 * time.Second // for a request that does not get through; statements may take as long as they like
	config := &trino.Config{
		ServerURI: server.String(), Source: "allwrong", Catalog: catalog, Schema: schema, AccessToken: token, TimeZone: "UTC",
		RequestRetryTimeout: &patience,
		// Statements travel in the body: one with many models is longer than a header may be.
		DisableExplicitPrepare: true,
	}
	if s.Timeout > 0 {
		config.SessionProperties = map[string]string{"query_max_run_time": fmt.Sprintf("%dms", max(s.Timeout.Milliseconds(), 1))}
	}
	return config, nil
}

func kindsTrino(_ context.Context, _ querier, types []*sql.ColumnType) ([]column, error) {
	var out []column
	for _, t := range types {
		c := column{name: t.Name(), typ: strings.ToLower(t.DatabaseTypeName())}
		base, _, _ := strings.Cut(c.typ, "(")
		switch strings.TrimSpace(base) {
		case "varchar":
			c.kind = text
		case "char":
			c.kind = textual
		case "tinyint", "smallint", "integer", "bigint":
			c.kind = integer
		case "decimal":
			c.kind = decimal
		case "real", "double":
			c.kind = float
		case "boolean":
			c.kind = boolean
		case "uuid":
			c.kind = uuid
		case "date":
			c.kind = date
		case "timestamp":
			c.kind = naive
			if strings.Contains(c.typ, "with time zone") {
				c.kind = zoned
			}
		case "timestamp with time zone":
			c.kind = zoned
		}
		out = append(out, c)
	}
	return out, nil
}
