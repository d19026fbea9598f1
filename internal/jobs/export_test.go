package jobs

import "context"

// Renew renews the runner's leases now.
func Renew(ctx context.Context, r *Runner) { r.renew(ctx) }

// Name is what the runner's claims are called.
func Name(r *Runner) string { return r.name }
