"""Where pictures and videos come from: the request itself, the web, and a folder."""
