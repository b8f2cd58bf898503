"""How the elements of an XML call become JSON: where a value ends, and what is told of it when."""
