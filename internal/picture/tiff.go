package picture

// openTIFF stands in until internal/picture/tiff is merged.
func (f *File) openTIFF([]byte) error { return &UnsupportedError{TIFF, NoteVariant} }
