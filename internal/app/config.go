// Package app is the house put together: configuration, the lock and the
// control socket of the data directory, and what follows which fact.
package app

import (
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Config is how one installation is to run. It is made by Flags.Load, which
// checks every value, and is not changed afterwards.
type Config struct {
	Data            string         // directory of everything the installation keeps
	Listen          string         // host:port of the pages
	MetricsListen   string         // host:port of /metrics; empty: no listener of its own
	StatusTokenFile string         // file of the token for /metrics and the reasons of /readyz; empty: none
	OTLP            *url.URL       // takes traces; may hold a password; nil: none are made
	OTLPShare       float64        // of traces that are made: 0 to 1
	Drain           time.Duration  // from the word to stop until connections are closed
	TLSDomains      []string       // certificates are asked for; none: somebody else ends TLS
	ACMEDirectory   string         // URL of the authority
	HTTPListen      string         // host:port without TLS that leads to the pages; empty: none
	BaseURL         *url.URL       // scheme and host that links are built from; nil: not set
	TrustedProxies  []netip.Prefix // whose X-Forwarded-* headers count
	DB              string         // "sqlite:PATH" or "postgres://…"; holds the password
	SMTPListen      string         // host:port; empty: no SMTP listener
	LMTPListen      Endpoint       // zero: no LMTP listener
	Relay           *Relay         // where letters leave; nil: none leave
	MailTLSCert     string         // certificate file of the mail listeners; empty: no STARTTLS
	MailTLSKey      string         // its private key
	TrustedRelays   []TrustedRelay // whose Authentication-Results count
	OutboundAllow   []string       // hosts and CIDRs that may be reached although not public
	PictureHosts    []string       // hosts and CIDRs inside that pictures in letters may come from
	Rspamd          *url.URL       // judges letters that come in; nil: none does
	DNS             netip.AddrPort // resolver for SPF, DKIM and DMARC; zero: the system's
	MaxUpload       int64          // bytes of one uploaded file
	MaxLetter       int64          // bytes of one letter taken in
	Files           string         // directory of the attachments, or "s3://…", which holds a secret
	KeyFile         string         // the installation's key
	Lang            string         // "en" or "ru", where a reader's language is unknown
	ReadOnly        bool           // nothing is changed: what is there is shown
	Demo            bool           // sample data, letters shown instead of sent
	LogFormat       string         // "text" or "json"
	LogLevel        slog.Level

	settings []Setting
}

// maxConfigFile bounds the options file, in bytes.
const maxConfigFile = 1 << 20

// Flags are the options given on a command line.
type Flags struct{ given map[string]string }

// AddFlags makes fs understand every option. After fs.Parse, Load makes the Config.
func AddFlags(fs *flag.FlagSet) *Flags {
	f := &Flags{given: map[string]string{}}
	for _, o := range options {
		fs.Var(&flagValue{name: o.name, bare: o.bare, given: f.given}, o.name, o.meaning)
	}
	return f
}

// flagValue keeps what was typed; it is judged in Load, with the other ways.
type flagValue struct {
	name  string
	bare  bool
	given map[string]string
}

func (v *flagValue) Set(s string) error { v.given[v.name] = s; return nil }
func (v *flagValue) IsBoolFlag() bool   { return v.bare }
func (v *flagValue) String() string {
	if v.given == nil {
		return ""
	}
	return v.given[v.name]
}

// Load joins flags, environment ("OKNO_NAME=value" entries of environ), options
// file and defaults, in this order of weight. Everything wrong is reported at
// once, each by its option's name and where it stands; an empty environment
// variable counts as absent.
func (f *Flags) Load(environ []string) (*Config, error) {
	env, wrong := environment(environ)
	found := &finder{flags: f.given, env: env, errs: wrong}

	c := &Config{}
	path, named := found.file()
	lines, err := readFile(path, named)
	found.errs = append(found.errs, err)
	found.lines = lines
	if l, ok := lines["data"]; ok && !named {
		found.errs = append(found.errs, fmt.Errorf("%s: data: cannot be moved by the file that lies in it", l.from))
		delete(lines, "data")
	}
	for _, o := range options {
		value, from := found.value(o)
		if value == "" && o.fallback != nil {
			value = o.fallback(c)
		}
		if err := o.set(c, value); err != nil {
			found.errs = append(found.errs, o.refusal(value, from, err))
			continue
		}
		c.settings = append(c.settings, Setting{Name: o.name, Env: o.env(), Meaning: o.meaning, Value: o.show(value), From: from})
	}
	found.errs = append(found.errs, c.together())
	if err := errors.Join(found.errs...); err != nil {
		return nil, err
	}
	return c, nil
}

// together checks what only several options make wrong.
func (c *Config) together() error {
	if (c.MailTLSCert == "") != (c.MailTLSKey == "") {
		return errors.New("--mail-tls-cert and --mail-tls-key: give both or neither")
	}
	if c.HTTPListen != "" && len(c.TLSDomains) == 0 {
		return errors.New("--http-listen: goes with --tls-domain")
	}
	return nil
}

// finder looks an option up in every place it may stand.
type finder struct {
	flags, env map[string]string
	lines      map[string]line
	errs       []error
}

// line is one setting of the options file.
type line struct{ value, from string }

func (f *finder) value(o option) (value, from string) {
	if v, ok := f.flags[o.name]; ok {
		return v, "--" + o.name
	}
	if v, ok := f.env[o.name]; ok {
		return v, o.env()
	}
	if l, ok := f.lines[o.name]; ok {
		return l.value, l.from
	}
	return o.def, "default"
}

// file says which options file to read, and whether somebody named it: a named
// one must exist, DATA/okno.conf need not.
func (f *finder) file() (path string, named bool) {
	path, from := f.value(configOption)
	if from != "default" {
		return path, true
	}
	data, _ := f.value(dataOption)
	return filepath.Join(data, "okno.conf"), false
}

// environment picks the OKNO_ variables; OKNO_TEST_ ones are for the tests of the project.
func environment(environ []string) (map[string]string, []error) {
	values := map[string]string{}
	var errs []error
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "OKNO_") || strings.HasPrefix(name, "OKNO_TEST_") || value == "" {
			continue
		}
		i := slices.IndexFunc(options, func(o option) bool { return o.env() == name })
		if i < 0 {
			errs = append(errs, fmt.Errorf("%s: there is no such option", name))
			continue
		}
		values[options[i].name] = value
	}
	return values, errs
}

// readFile reads "name = value" lines; an empty line and one that begins with # say nothing.
func readFile(path string, named bool) (map[string]line, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) && !named {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("--config: %w", err)
	}
	if info.Size() > maxConfigFile {
		return nil, fmt.Errorf("--config: %s is larger than %d bytes", path, maxConfigFile)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--config: %w", err)
	}
	lines := map[string]line{}
	var errs []error
	for i, s := range strings.Split(string(text), "\n") {
		s = strings.TrimSpace(s)
		if s == "" || strings.HasPrefix(s, "#") {
			continue
		}
		from := fmt.Sprintf("%s:%d", path, i+1)
		name, value, ok := strings.Cut(s, "=")
		name = strings.TrimSpace(name)
		if err := fileLine(name, ok, lines); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", from, err))
			continue
		}
		lines[name] = line{value: strings.TrimSpace(value), from: from}
	}
	return lines, errors.Join(errs...)
}

// fileLine judges the name of one line; a line without "=" is not quoted, it may hold a secret.
func fileLine(name string, assigned bool, before map[string]line) error {
	if !assigned {
		return errors.New(`not of the form "name = value"`)
	}
	if name == configOption.name {
		return errors.New("config: a file cannot name another one")
	}
	if !slices.ContainsFunc(options, func(o option) bool { return o.name == name }) {
		return fmt.Errorf("%s: there is no such option", name)
	}
	if l, ok := before[name]; ok {
		return fmt.Errorf("%s: stands already at %s", name, l.from)
	}
	return nil
}
