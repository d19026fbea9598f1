package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/oknodesk/okno/internal/blob"
	"github.com/oknodesk/okno/internal/outbound"
)

// parseFiles checks where attachments are kept: a directory, or a bucket as
// s3://KEY:SECRET@host/bucket/prefix?region=R, s3+http:// for one without TLS.
// Its errors never repeat the text, which holds a secret.
func parseFiles(s string) (string, error) {
	if !strings.HasPrefix(s, "s3:") && !strings.HasPrefix(s, "s3+http:") {
		return s, nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" {
		return "", errors.New("not of the form s3://KEY:SECRET@host/bucket/prefix")
	}
	if secret, has := u.User.Password(); !has || secret == "" || u.User.Username() == "" {
		return "", errors.New("key and secret are missing before the host")
	}
	if strings.Trim(u.Path, "/") == "" {
		return "", errors.New("the bucket's name is missing after the host")
	}
	for name := range u.Query() {
		if name != "region" {
			return "", fmt.Errorf("nothing is known of %q", name)
		}
	}
	return s, nil
}

// noLimit is for answers whose length others have bounded.
const noLimit = 1 << 50

// inBucket tells S3 from a directory.
func inBucket(where string) bool {
	return strings.HasPrefix(where, "s3:") || strings.HasPrefix(where, "s3+http:")
}

// openFiles opens the store of attachments. A directory is this process's own
// and is tidied, unless beside another process.
func openFiles(ctx context.Context, where, data string, beside bool) (blob.Store, error) {
	if !inBucket(where) {
		if beside {
			return blob.OpenDisk(where)
		}
		return blob.NewDisk(where)
	}
	u, err := url.Parse(where)
	if err != nil {
		return nil, errors.New("--files cannot be read")
	}
	secret, _ := u.User.Password()
	dialer, err := outbound.New([]string{u.Hostname()})
	if err != nil {
		return nil, err
	}
	bucket, prefix, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	// Addressed as HOST/BUCKET the host alone need be allowed; as BUCKET.HOST
	// both are public.
	wire := dialer.Client(0, noLimit).Transport
	return blob.NewBucket(ctx, blob.BucketOptions{
		Endpoint: u.Host, Plain: u.Scheme == "s3+http", Region: u.Query().Get("region"), Access: u.User.Username(), Secret: secret,
		Bucket: bucket, Prefix: prefix, Spool: filepath.Join(data, "spool"), Wire: http.RoundTripper(wire), Now: time.Now,
	})
}

// CopyFiles puts every attachment of one store into another that lacks it; both
// are named as by --files. It may run while the installation is served, and
// again for what came meanwhile.
func CopyFiles(ctx context.Context, c *Config, from, to string, say io.Writer) error {
	var stores [2]blob.Store
	for i, where := range []string{from, to} {
		checked, err := parseFiles(where)
		if err == nil && checked == "" {
			err = errors.New("is missing")
		}
		if err != nil {
			return &Refusal{Exit: ExitUsage, Text: []string{"--from", "--to"}[i] + ": " + err.Error()}
		}
		if stores[i], err = openFiles(ctx, where, c.Data, true); err != nil {
			return err
		}
	}
	put, there, err := blob.Copy(ctx, stores[0], stores[1])
	fmt.Fprintf(say, "%d attachments were put, %d were there already.\n", put, there)
	return err
}
