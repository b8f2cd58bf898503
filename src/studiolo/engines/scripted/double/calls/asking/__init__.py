"""Whether anything is asked to be done, or only told, supposed, wondered or forbidden."""
