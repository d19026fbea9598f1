package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Endpoint is where a listener stands, as net.Listen takes it. The zero Endpoint is nowhere.
type Endpoint struct {
	Network string // "tcp" or "unix"
	Address string
}

// RelayTLS says how the connection to the relay is protected.
type RelayTLS int

const (
	TLSOffered  RelayTLS = iota // STARTTLS where the relay offers it
	TLSRequired                 // STARTTLS, or the letter waits
	TLSImplicit                 // TLS from the first byte
	TLSNone                     // never
)

// Relay is the mail server that letters leave through.
type Relay struct {
	Host     string
	Port     int
	Login    string // empty: the relay asks for none
	Password string
	TLS      RelayTLS
}

// TrustedRelay is a mail server whose Authentication-Results header (RFC 8601) counts.
type TrustedRelay struct {
	Name   string       // its authserv-id
	From   netip.Prefix // where its letters come from; not valid when Socket
	Socket bool         // they come by the unix socket
}

func text(field func(*Config) *string) func(*Config, string) error {
	return func(c *Config, s string) error { *field(c) = s; return nil }
}

func optional(set func(*Config, string) error) func(*Config, string) error {
	return func(c *Config, s string) error {
		if s == "" {
			return nil
		}
		return set(c, s)
	}
}

func hostPort(field func(*Config) *string) func(*Config, string) error {
	return func(c *Config, s string) error {
		if err := checkHostPort(s); err != nil {
			return err
		}
		*field(c) = s
		return nil
	}
}

func oneOf(field func(*Config) *string, words ...string) func(*Config, string) error {
	return func(c *Config, s string) error {
		if !slices.Contains(words, s) {
			return fmt.Errorf("not one of %s", strings.Join(words, ", "))
		}
		*field(c) = s
		return nil
	}
}

func yesNo(field func(*Config) *bool) func(*Config, string) error {
	return func(c *Config, s string) error {
		yes, err := strconv.ParseBool(s)
		if err != nil {
			return errors.New("not true or false")
		}
		*field(c) = yes
		return nil
	}
}

func duration(field func(*Config) *time.Duration, most time.Duration) func(*Config, string) error {
	return func(c *Config, s string) error {
		d, err := time.ParseDuration(s)
		if err != nil || d < 0 || d > most {
			return fmt.Errorf("not a time such as 10s, up to %s", most)
		}
		*field(c) = d
		return nil
	}
}

var sizeForm = regexp.MustCompile(`^([0-9]{1,12}) ?(B|KB|MB|GB)?$`)

func size(field func(*Config) *int64) func(*Config, string) error {
	shift := map[string]int{"": 0, "B": 0, "KB": 10, "MB": 20, "GB": 30}
	return func(c *Config, s string) error {
		m := sizeForm.FindStringSubmatch(strings.ToUpper(s))
		if m == nil {
			return errors.New(`not a size such as "25 MB"`)
		}
		n, err := strconv.ParseInt(m[1], 10, 64)
		if err != nil {
			return err
		}
		if n < 1 || n > (1<<40)>>shift[m[2]] {
			return errors.New("not between 1 byte and 1,024 GB")
		}
		*field(c) = n << shift[m[2]]
		return nil
	}
}

func checkHostPort(s string) error {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return errors.New("not of the form address:port")
	}
	return checkPort(port)
}

func checkPort(port string) error {
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return errors.New("the port is not a number up to 65535")
	}
	return nil
}

func parseBaseURL(s string) (*url.URL, error) {
	if s == "" {
		return nil, nil
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil, errors.New("not a URL")
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return nil, errors.New("does not begin with http://host or https://host")
	}
	if u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("says more than scheme, host and port")
	}
	return &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}, nil
}

// list splits at commas and drops the empty places.
func list(s string) []string {
	var items []string
	for item := range strings.SplitSeq(s, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

func parsePrefix(s string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%s is neither an address nor a CIDR", s)
	}
	return prefix.Masked(), nil
}

func parsePrefixes(s string) ([]netip.Prefix, error) {
	var prefixes []netip.Prefix
	for _, item := range list(s) {
		prefix, err := parsePrefix(item)
		if err != nil {
			return nil, err
		}
		prefixes = append(prefixes, prefix)
	}
	return prefixes, nil
}

var hostForm = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,251}[a-zA-Z0-9])?$`)

func parseHosts(s string) ([]string, error) {
	hosts := list(s)
	for _, host := range hosts {
		if _, err := parsePrefix(host); err != nil && !hostForm.MatchString(host) {
			return nil, fmt.Errorf("%s is neither a host name nor a CIDR", host)
		}
	}
	return hosts, nil
}

func parseEndpoint(s string) (Endpoint, error) {
	if s == "" {
		return Endpoint{}, nil
	}
	if path, ok := strings.CutPrefix(s, "unix:"); ok {
		if path == "" {
			return Endpoint{}, errors.New("unix: needs a path")
		}
		return Endpoint{Network: "unix", Address: path}, nil
	}
	return Endpoint{Network: "tcp", Address: s}, checkHostPort(s)
}

func parseTrustedRelays(s string) ([]TrustedRelay, error) {
	var relays []TrustedRelay
	for _, item := range list(s) {
		name, from, ok := strings.Cut(item, "=")
		if !ok || !hostForm.MatchString(name) {
			return nil, fmt.Errorf("%s is not of the form NAME=CIDR or NAME=unix", item)
		}
		relay := TrustedRelay{Name: strings.ToLower(name), Socket: from == "unix"}
		if !relay.Socket {
			var err error
			if relay.From, err = parsePrefix(from); err != nil {
				return nil, err
			}
		}
		relays = append(relays, relay)
	}
	return relays, nil
}

func parseResolver(s string) (netip.AddrPort, error) {
	if s == "" {
		return netip.AddrPort{}, nil
	}
	addr, err := netip.ParseAddrPort(s)
	if err != nil {
		return netip.AddrPort{}, errors.New("not of the form address:port with a numeric address")
	}
	return addr, nil
}

func parseLevel(s string) (level slog.Level, err error) {
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, s) {
		return 0, errors.New("not one of debug, info, warn, error")
	}
	return level, level.UnmarshalText([]byte(s))
}

// parseDB checks the form only; its errors never repeat the text, which holds a password.
func parseDB(s string) (string, error) {
	if path, ok := strings.CutPrefix(s, "sqlite:"); ok {
		if path == "" {
			return "", errors.New("sqlite: needs a path")
		}
		return s, nil
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return "", errors.New("neither sqlite:PATH nor postgres://user:password@host/name")
	}
	if strings.Trim(u.Path, "/") == "" {
		return "", errors.New("the database's name is missing after the host")
	}
	return s, nil
}

// parseRelay asks for TLS wherever a password would travel, unless tls=none says
// otherwise; its errors never repeat the text, which holds a password.
func parseRelay(s string) (*Relay, error) {
	if s == "" {
		return nil, nil
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		return nil, errors.New("not of the form smtp://[user:password@]host:port or smtps://…")
	}
	if u.Hostname() == "" || u.Port() == "" || strings.Trim(u.Path, "/") != "" || u.Fragment != "" {
		return nil, errors.New("says not exactly host and port after the name and password")
	}
	if err := checkPort(u.Port()); err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		return nil, err
	}
	relay := &Relay{Host: u.Hostname(), Port: port, Login: u.User.Username()}
	relay.Password, _ = u.User.Password()
	relay.TLS, err = relayTLS(u, relay.Password != "")
	return relay, err
}

func relayTLS(u *url.URL, password bool) (RelayTLS, error) {
	query := u.Query()
	word := query.Get("tls")
	for name := range query {
		if name != "tls" {
			return 0, fmt.Errorf("?%s is not known, only ?tls", name)
		}
	}
	switch {
	case u.Scheme == "smtps" && (word == "" || word == "require"):
		return TLSImplicit, nil
	case u.Scheme == "smtps":
		return 0, errors.New("smtps:// is TLS from the first byte, ?tls cannot change it")
	case word == "require" || (word == "" && password):
		return TLSRequired, nil
	case word == "":
		return TLSOffered, nil
	case word == "none":
		return TLSNone, nil
	}
	return 0, errors.New("?tls is neither require nor none")
}

// parseCollector reads the address of a collector of traces; nil: none.
func parseCollector(s string) (*url.URL, error) {
	if s == "" {
		return nil, nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Fragment != "" {
		return nil, errors.New("not of the form http://host:port")
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v1/traces" // OTLP/HTTP's own
	}
	return u, nil
}

// parseShare reads a part of one.
func parseShare(s string) (float64, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !(f >= 0 && f <= 1) {
		return 0, errors.New("not a number from 0 to 1")
	}
	return f, nil
}

// parseFilter reads the address of an rspamd; nil: none.
func parseFilter(s string) (*url.URL, error) {
	if s == "" {
		return nil, nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" {
		return nil, errors.New("not of the form http://host:port")
	}
	return u, nil
}
