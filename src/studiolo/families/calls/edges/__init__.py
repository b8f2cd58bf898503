"""Where calls begin and end in a text: tags, blocks of code, and what stands between them."""
