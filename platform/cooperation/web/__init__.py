"""The shell: factory, requests, headers, errors, layout, page kit.

The only slice that knows all others (design: architecture 2, rule 5). What a page looks like is
decided in design/interface.md; the macros that make it are documented at the top of
kit/templates/components/kit.html.
"""
