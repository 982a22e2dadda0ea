"""What menus and keys do: plain functions of a desk, one file a menu."""
