"""Long work in the background: a row that tells how far it is, can be canceled, keeps a file."""
