package mail

import (
	"path"
	"strings"
)

// extensions are the types of files that come without one, and the names of
// those that come without a name.
var extensions = []struct{ ext, mediaType string }{
	{".txt", "text/plain"}, {".html", "text/html"}, {".htm", "text/html"}, {".csv", "text/csv"}, {".ics", "text/calendar"}, {".vcf", "text/vcard"},
	{".vcf", "text/x-vcard"}, {".rtf", "text/rtf"}, {".rtf", "application/rtf"}, {".xml", "text/xml"}, {".xml", "application/xml"}, {".json", "application/json"},
	{".jpg", "image/jpeg"}, {".jpeg", "image/jpeg"}, {".jpg", "image/jpg"}, {".jpg", "image/pjpeg"}, {".png", "image/png"}, {".gif", "image/gif"},
	{".webp", "image/webp"}, {".bmp", "image/bmp"}, {".tif", "image/tiff"}, {".svg", "image/svg+xml"}, {".heic", "image/heic"}, {".ico", "image/x-icon"},
	{".pdf", "application/pdf"}, {".zip", "application/zip"}, {".zip", "application/x-zip-compressed"}, {".gz", "application/gzip"}, {".7z", "application/x-7z-compressed"},
	{".doc", "application/msword"}, {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	{".xls", "application/vnd.ms-excel"}, {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{".ppt", "application/vnd.ms-powerpoint"}, {".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
	{".mp3", "audio/mpeg"}, {".wav", "audio/wav"}, {".ogg", "audio/ogg"}, {".mp4", "video/mp4"}, {".mov", "video/quicktime"}, {".avi", "video/x-msvideo"},
	{".eml", "message/rfc822"}, {".msg", "application/vnd.ms-outlook"}, {".log", "text/plain"},
}

// typeOf is the media type that a file's name tells.
func typeOf(name string) string {
	ext := strings.ToLower(path.Ext(name))
	for _, e := range extensions {
		if ext != "" && e.ext == ext {
			return e.mediaType
		}
	}
	return "application/octet-stream"
}

// fixedNames are names of parts that programs send without one.
var fixedNames = map[string]string{
	"text/calendar": "invite.ics", "message/delivery-status": "delivery-status.txt", "message/global-delivery-status": "delivery-status.txt",
	"message/disposition-notification": "disposition-notification.txt", "message/feedback-report": "feedback-report.txt",
	"text/rfc822-headers": "headers.txt", "message/rfc822-headers": "headers.txt", "message/global-headers": "headers.txt",
	"text/plain": "text.txt", "text/html": "text.html", "text/vcard": "card.vcf", "text/x-vcard": "card.vcf", "text/directory": "card.vcf",
	"application/pkcs7-signature": "smime.p7s", "application/x-pkcs7-signature": "smime.p7s", "application/pkcs7-mime": "smime.p7m",
	"application/x-pkcs7-mime": "smime.p7m", "application/pgp-signature": "signature.asc", "application/pgp-encrypted": "version.asc",
	"application/pgp-keys": "key.asc", "application/ms-tnef": "winmail.dat", "application/vnd.ms-tnef": "winmail.dat",
	"application/applefile": "resource", "application/mac-binhex40": "attachment.hqx", "message/partial": "partial.eml", "message/external-body": "elsewhere.txt",
}

// nameless finds a name for a file that came without one.
func nameless(a Attachment) string {
	if a.Type == "message/rfc822" || a.Type == "message/global" {
		h, body, _ := splitHeader(a.Content)
		_, params := h.mediaType()
		h.hint = charsetHint(params, body)
		if subject := cleanFileName(strings.NewReplacer("/", "-", `\`, "-").Replace(h.Get("Subject"))); subject != "" {
			return clip(subject, maxName-4) + ".eml"
		}
		return "letter.eml"
	}
	if name := fixedNames[a.Type]; name != "" {
		return name
	}
	for _, e := range extensions {
		if e.mediaType != a.Type {
			continue
		}
		if strings.HasPrefix(a.Type, "image/") {
			return "image" + e.ext
		}
		return "attachment" + e.ext
	}
	return "attachment"
}
