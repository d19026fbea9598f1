package store

import (
	"github.com/oknodesk/okno"
	"github.com/oknodesk/okno/internal/db"
)

// Provider is a provider with its app's secret as it is kept: sealed.
type Provider struct {
	okno.Provider
	Sealed []byte
}

func scanProvider(row db.Scanner) (Provider, error) {
	var p Provider
	err := row.Scan(&p.Kind, document{&p.Provider}, &p.Sealed, &p.Version)
	return p, err
}

const providerColumns = `kind, about, secret, version`

// Providers are those that are set up.
func (tx Tx) Providers() ([]Provider, error) {
	return db.Collect(tx.Tx, scanProvider, `SELECT `+providerColumns+` FROM provider ORDER BY kind LIMIT 10`)
}

// Provider is one, or okno.ErrNotFound.
func (tx Tx) Provider(kind okno.ProviderKind) (Provider, error) {
	return found(db.First(tx.Tx, scanProvider, `SELECT `+providerColumns+` FROM provider WHERE kind = ?`, kind))
}

// SaveProvider keeps a provider over the version it was read at; version 0
// makes it.
func (tx Tx) SaveProvider(p *Provider) error {
	if p.Version == 0 {
		return stale(tx.Exec(`INSERT INTO provider (kind, about, secret) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, p.Kind, toJSON(p.Provider), p.Sealed))
	}
	return stale(tx.Exec(`UPDATE provider SET about = ?, secret = ?, version = version + 1 WHERE kind = ? AND version = ?`, toJSON(p.Provider), p.Sealed, p.Kind, p.Version))
}

// DropProvider forgets a provider.
func (tx Tx) DropProvider(kind okno.ProviderKind) error {
	_, err := tx.Exec(`DELETE FROM provider WHERE kind = ?`, kind)
	return err
}
