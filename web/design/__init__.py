"""The design page and its sample screens: the design system shown with made-up data, no server needed."""
