package app

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/oknodesk/okno/internal/locale"
)

// option is one row of the table that makes flags, environment, file and the
// output of "okno config" alike.
type option struct {
	name     string
	meaning  string
	def      string
	bare     bool                 // may stand without a value: --demo
	secret   bool                 // its value may hold a password
	fallback func(*Config) string // the value where none is given and def cannot say it
	set      func(*Config, string) error
}

var (
	configOption = option{name: "config", set: func(*Config, string) error { return nil },
		meaning:  "file of options, one \"name = value\" a line, # begins a comment; where none is named, DATA/okno.conf if it is there",
		fallback: func(c *Config) string { return filepath.Join(c.Data, "okno.conf") }}
	dataOption = option{name: "data", def: "./okno-data", set: text(func(c *Config) *string { return &c.Data }),
		meaning: "directory that holds everything the installation keeps: database, files, key"}
)

// options in the order "okno config" prints them; a fallback may use what stands above it.
var options = []option{
	dataOption,
	configOption,
	{name: "listen", def: "127.0.0.1:8080", set: hostPort(func(c *Config) *string { return &c.Listen }),
		meaning: "address and port of the pages"},
	{name: "metrics-listen", set: optional(hostPort(func(c *Config) *string { return &c.MetricsListen })),
		meaning: "address and port where /metrics is answered to whoever asks, for Prometheus; empty: none"},
	{name: "status-token-file", set: text(func(c *Config) *string { return &c.StatusTokenFile }),
		meaning: "file whose first line is the bearer token for /metrics and for the reasons at /readyz; empty: no other machine gets them"},
	{name: "otlp-endpoint", secret: true, set: func(c *Config, s string) (err error) { c.OTLP, err = parseCollector(s); return err },
		meaning: "http:// or https:// address of a collector that takes traces by OTLP, such as http://127.0.0.1:4318; /v1/traces is added where no path stands; empty: none are made"},
	{name: "otlp-share", def: "1", set: func(c *Config, s string) (err error) { c.OTLPShare, err = parseShare(s); return err },
		meaning: "share of requests, letters and jobs that are traced, from 0 to 1"},
	{name: "drain", def: "0s", set: duration(func(c *Config) *time.Duration { return &c.Drain }, time.Minute),
		meaning: "how long /readyz says no before connections are closed, once the program is told to stop; as long as a load balancer takes to notice"},
	{name: "tls-domain", set: func(c *Config, s string) (err error) { c.TLSDomains, err = parseDomains(s); return err },
		meaning: "domain names, separated by commas, to get certificates for and answer --listen by TLS; empty: a proxy ends TLS"},
	{name: "acme-directory", def: "https://acme-v02.api.letsencrypt.org/directory", set: func(c *Config, s string) (err error) { c.ACMEDirectory, err = parseDirectory(s); return err },
		meaning: "authority that gives those certificates (ACME); by naming a domain its terms are agreed to"},
	{name: "http-listen", set: optional(hostPort(func(c *Config) *string { return &c.HTTPListen })),
		meaning: "address and port without TLS that lead to the pages with it, such as :80; empty: none"},
	{name: "base-url", fallback: func(c *Config) string {
		if len(c.TLSDomains) == 0 {
			return ""
		}
		return "https://" + c.TLSDomains[0]
	}, set: func(c *Config, s string) (err error) { c.BaseURL, err = parseBaseURL(s); return err },
		meaning: "what every link begins with, such as https://desk.example.org; once set, requests for other hosts are refused"},
	{name: "trusted-proxies", set: func(c *Config, s string) (err error) { c.TrustedProxies, err = parsePrefixes(s); return err },
		meaning: "addresses or CIDRs, separated by commas, of the proxies whose X-Forwarded-* headers count"},
	{name: "db", secret: true, set: func(c *Config, s string) (err error) { c.DB, err = parseDB(s); return err },
		fallback: func(c *Config) string { return "sqlite:" + filepath.Join(c.Data, "okno.db") },
		meaning:  "database: sqlite:PATH (default: okno.db in the data directory) or postgres://user:password@host/name"},
	{name: "files", secret: true, set: func(c *Config, s string) (err error) { c.Files, err = parseFiles(s); return err },
		fallback: func(c *Config) string { return filepath.Join(c.Data, "files") },
		meaning:  "where attachments are kept: a directory (default: files in the data directory), or s3://KEY:SECRET@host/bucket/prefix?region=R, which several programs can share; s3+http:// without TLS"},
	{name: "key-file", set: text(func(c *Config) *string { return &c.KeyFile }),
		fallback: func(c *Config) string { return filepath.Join(c.Data, "key") },
		meaning:  "file of the installation's key, made if absent (default: key in the data directory); without it sealed settings and links are lost"},
	{name: "smtp", secret: true, set: func(c *Config, s string) (err error) { c.Relay, err = parseRelay(s); return err },
		meaning: "relay that letters leave through: smtp://[user:password@]host:port, with STARTTLS where offered and always with a password, or smtps:// for TLS from the first byte; ?tls=require or ?tls=none says otherwise"},
	{name: "smtp-listen", set: optional(hostPort(func(c *Config) *string { return &c.SMTPListen })),
		meaning: "address and port where letters are taken in by SMTP; empty: none"},
	{name: "lmtp-listen", set: func(c *Config, s string) (err error) { c.LMTPListen, err = parseEndpoint(s); return err },
		meaning: "address and port, or unix:PATH, where letters are taken in by LMTP; empty: none"},
	{name: "mail-tls-cert", set: text(func(c *Config) *string { return &c.MailTLSCert }),
		meaning: "PEM file of the certificate for STARTTLS on the mail listeners"},
	{name: "mail-tls-key", set: text(func(c *Config) *string { return &c.MailTLSKey }),
		meaning: "PEM file of that certificate's private key"},
	{name: "trusted-relay", set: func(c *Config, s string) (err error) { c.TrustedRelays, err = parseTrustedRelays(s); return err },
		meaning: "whose Authentication-Results count: NAME=CIDR or NAME=unix, separated by commas; NAME is the authserv-id, the rest where its letters come from"},
	{name: "rspamd", set: func(c *Config, s string) (err error) { c.Rspamd, err = parseFilter(s); return err },
		meaning: "http:// or https:// address of an rspamd that judges letters, such as http://127.0.0.1:11333; what it takes for spam waits in quarantine; empty: none"},
	{name: "outbound-allow", set: func(c *Config, s string) (err error) { c.OutboundAllow, err = parseHosts(s); return err },
		meaning: "hosts or CIDRs, separated by commas, that may be reached although their addresses are not public, such as the company's own IMAP server"},
	{name: "picture-hosts", set: func(c *Config, s string) (err error) { c.PictureHosts, err = parseHosts(s); return err },
		meaning: "hosts or CIDRs, separated by commas, that pictures in letters may be fetched from although their addresses are not public; anyone who writes a letter may name them"},
	{name: "dns", set: func(c *Config, s string) (err error) { c.DNS, err = parseResolver(s); return err },
		meaning: "address:port of the resolver asked for SPF, DKIM and DMARC; empty: the system's"},
	{name: "max-upload", def: "25 MB", set: size(func(c *Config) *int64 { return &c.MaxUpload }),
		meaning: "largest uploaded file; 1 MB is 1,048,576 bytes"},
	{name: "max-letter", def: "50 MB", set: size(func(c *Config) *int64 { return &c.MaxLetter }),
		meaning: "largest letter taken in; 1 MB is 1,048,576 bytes"},
	{name: "lang", fallback: func(*Config) string { return locale.Environment() },
		set:     oneOf(func(c *Config) *string { return &c.Lang }, "en", "ru"),
		meaning: "en or ru: the language where a reader's own is unknown (default: the environment's, else en)"},
	{name: "read-only", bare: true, def: "false", set: yesNo(func(c *Config) *bool { return &c.ReadOnly }),
		meaning: "serve what is there and change nothing: people read and search, whatever would change something is refused with its reason, letters wait outside and none leave"},
	{name: "demo", bare: true, def: "false", set: yesNo(func(c *Config) *bool { return &c.Demo }),
		meaning: "fill with sample data and show letters instead of sending them"},
	{name: "log-format", def: "text", set: oneOf(func(c *Config) *string { return &c.LogFormat }, "text", "json"),
		meaning: "text or json"},
	{name: "log-level", def: "info", set: func(c *Config, s string) (err error) { c.LogLevel, err = parseLevel(s); return err },
		meaning: "debug, info, warn or error"},
}

func (o option) env() string {
	return "OKNO_" + strings.ToUpper(strings.ReplaceAll(o.name, "-", "_"))
}

// refusal names the option and the place; a value that may hold a password is not repeated.
func (o option) refusal(value, from string, err error) error {
	where := from
	if from == "default" || strings.Contains(from, ":") {
		where = from + ": " + o.name
	}
	if o.secret {
		return fmt.Errorf("%s: %w", where, err)
	}
	return fmt.Errorf("%s: %q: %w", where, value, err)
}

func (o option) show(value string) string {
	if o.secret {
		return mask(value)
	}
	return value
}
