"""Pictures and videos as the double sees them: their sizes, colours, frames and lengths."""
