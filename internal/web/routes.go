package web

import "time"

// routes are the front's own, beside those of the surfaces.
func routes(r *Router) {
	r.Customers("GET /live", listen, Streamed(), Problems())
	r.Anyone("POST /uploads", upload, Files(), Problems(), Limit("upload", 60, time.Minute))
	r.Customers("GET /files/{ref}", file, Streamed())
	r.Customers("GET /files/{ref}/thumb", thumb, Streamed())
	r.Customers("GET /files/{ref}/picture", large, Streamed())
	r.Customers("GET /files/{ref}/view", view, Streamed())
	r.Customers("GET /messages/{ref}", message)
	r.Customers("POST /messages/{ref}/pictures", chooseRemote, Limit("pictures", 60, time.Minute))
	r.Customers("GET /messages/{ref}/pictures/{mark}", remotePicture, Streamed())
	r.Customers("GET /people/{ref}/picture", face, Streamed())

	r.Customers("POST /push/browsers", allowPush, Problems(), Limit("push", 20, time.Minute))
	r.Customers("POST /push/renewal", renewPush, Problems(), Limit("push", 20, time.Minute))
	r.Customers("POST /push/browsers/{ref}/removal", forbidPush)
	r.Anyone("GET /sw.js", serviceWorker, Plain(), Streamed())

	r.Anyone("POST /language", language, EvenUnchanged())
	r.Anyone("POST /theme", theme, EvenUnchanged())

	r.Anyone("GET /logo", logo, Plain(), Streamed())
	r.Anyone("GET /accent.css", accent, Plain())
	r.Anyone("GET /manifest.webmanifest", manifest, Plain())
	r.Anyone("GET /static/{name}", static, Plain(), Streamed())
	r.Anyone("GET /favicon.ico", static, Plain(), Streamed())
	r.Anyone("GET /robots.txt", robots, Plain())
	r.Anyone("GET /healthz", healthz, Plain())
	r.Anyone("GET /readyz", readyz, Plain())
	r.Anyone("GET /metrics", metrics, Plain())
}
