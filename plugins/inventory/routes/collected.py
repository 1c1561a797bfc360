"""Every page of inventory."""

from litestar.types import ControllerRouterHandler

from .categories import put_category, show_categories
from .counting import (
    approve_count,
    begin_count,
    bring,
    enter_count,
    remove_rule,
    set_rule,
    show_count,
    show_counts,
    show_reorder,
)
from .movements import change_movement, edit_movement, movement_list, show_movement, turn_movement
from .moving import add_location, change_location, close_period, make_move, new_move, show_location, show_locations, show_transit, take_in
from .stock import (
    change_cost,
    change_method,
    document_of_row,
    item_list,
    item_of_row,
    lot_list,
    move_list,
    print_labels,
    print_lot_labels,
    show_document,
    show_item,
    show_lot,
    stock_list,
    undo_document,
)

ROUTES: tuple[ControllerRouterHandler, ...] = (
    *(stock_list, item_list, move_list, lot_list),
    *(item_of_row, document_of_row, show_item, change_cost, change_method, print_labels),
    *(show_document, undo_document, show_lot, print_lot_labels),
    *(movement_list, show_movement, turn_movement, edit_movement, change_movement),
    *(new_move, make_move, show_transit, take_in),
    *(show_counts, begin_count, show_count, enter_count, approve_count),
    *(show_reorder, set_rule, remove_rule, bring),
    *(show_categories, put_category),
    *(show_locations, add_location, show_location, change_location, close_period),
)
