package jobs

import "context"

// Renew renews the runner's leases now.
func Renew(ctx context.Context, r *Runner) { r.renew(ctx) }
