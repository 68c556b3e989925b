"""The roadmap's text: reading it (source, syntax, outline) and editing it (editor). Pure: bytes in, values out."""
