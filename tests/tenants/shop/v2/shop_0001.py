from tests.tenants.shop.v1.shop_0001 import forwards as forwards
