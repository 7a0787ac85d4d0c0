package client

import (
	"bytes"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"
)

// toUTF8 honours the charset a reply declares and, where its bytes are not UTF-8, asks Charset to tell.
func (c *Client) toUTF8(h http.Header, body []byte) []byte {
	_, params, _ := mime.ParseMediaType(h.Get("Content-Type"))
	name := strings.ToLower(params["charset"])
	declared := name != "" && name != "utf-8" && name != "utf8" && name != "iso-8859-1" && name != "us-ascii"
	if c.Charset == nil || !declared && utf8.Valid(body) {
		return body
	}
	if !declared {
		name = ""
	}
	if out, ok := c.Charset(name, body); ok {
		return out
	}
	return body
}

func looksLikeHTML(b []byte) bool {
	b = bytes.TrimLeft(b[:min(len(b), 512)], "\xef\xbb\xbf \t\r\n")
	if !bytes.HasPrefix(b, []byte("<")) {
		return false
	}
	b = bytes.ToLower(b)
	for _, p := range []string{"<!doctype html", "<html", "<head", "<body", "<?xml"} {
		if bytes.HasPrefix(b, []byte(p)) && (p != "<?xml" || bytes.Contains(b, []byte("<html"))) {
			return true
		}
	}
	return false
}
