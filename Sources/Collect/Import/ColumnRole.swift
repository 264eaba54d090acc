/// What a column is to a record. The raw value is the word on the wire.
public enum ColumnRole: String, Sendable, CaseIterable {
    // Of events.
    case eventID = "event_id"
    case person
    case unionid, openid
    case phone, email  // In clear: only their hashes are taken.
    case phoneHash = "phone_hash"
    case emailHash = "email_hash"
    case device, anonymous
    case name, time, channel
    case order, product, room, coupon, campaign
    case amount
    case amountMinor = "amount_minor"  // In fen, cents.
    case currency, decision
    case property
    // Of orders as they stand.
    case status, paid, refunded
    case createdAt = "created_at"
    case paidAt = "paid_at"
    case shippedAt = "shipped_at"
    case completedAt = "completed_at"
    case cancelledAt = "cancelled_at"
    case refundedAt = "refunded_at"
    case quantity
    // Of the catalogue and of campaigns.
    case title, category, brand, kind, start, end
    case leaveOut = "leave_out"

    /// Whether two columns may have it.
    var isShared: Bool { self == .property || self == .leaveOut }

    static let identifiers: [ColumnRole] = [
        .unionid, .openid, .phone, .email, .phoneHash, .emailHash, .device, .anonymous,
    ]
    /// What an event can be about, the likelier first.
    static let subjects: [ColumnRole] = [.order, .product, .room, .coupon, .campaign]

    /// Those that say something for a target.
    public static func known(for target: ImportMapping.Target) -> [ColumnRole] {
        switch target {
        case .events:
            allCases.filter {
                !ofOrders.contains($0) && ![.title, .category, .brand, .kind, .start, .end].contains($0)
            }
        case .orders:
            [.order, .person] + identifiers + ofOrders + [.amount, .currency, .channel, .product, .property, .leaveOut]
        case .catalog: [.product, .room, .coupon, .title, .category, .brand, .leaveOut]
        case .campaigns: [.campaign, .title, .kind, .start, .end, .leaveOut]
        }
    }
}

extension ColumnRole {
    /// The role that a name speaks of, and how surely.
    static func named(_ name: String) -> (role: ColumnRole, confidence: Double, word: String)? {
        let plain = normal(name)
        for (role, words) in names where words.contains(plain) { return (role, 0.9, plain) }
        // Of several words within, the longest says most.
        let parts = partNames.filter { plain.contains($0.word) }
        return parts.max { $0.word.count < $1.word.count }.map { ($0.role, 0.6, $0.word) }
    }

    /// Letters and digits alone, in lower case: `userId`, `user_id` and `User ID` are one.
    static func normal(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }

    private static let names: [(role: ColumnRole, words: Set<String>)] = [
        (.eventID, ["eventid", "messageid", "uuid", "guid", "logid", "traceid", "requestid", "事件id", "流水号", "日志id"]),
        (
            .person,
            [
                "userid", "uid", "user", "person", "personid", "memberid", "member", "customerid", "customer", "login",
                "loginid", "accountid", "account", "username", "buyerid", "visitorid", "distinctid", "household",
                "householdkey", "用户id", "用户", "用户编号", "用户名", "会员id", "会员", "会员号", "会员编号", "客户id",
                "客户", "客户编号", "买家id", "买家", "账号", "帐号", "账户",
            ]
        ),
        (.unionid, ["unionid", "wxunionid"]),
        (.openid, ["openid", "wxopenid", "secopenid", "mpopenid"]),
        (
            .phone,
            [
                "phone", "mobile", "phonenumber", "mobilenumber", "tel", "telephone", "cellphone", "mobilephone",
                "msisdn",
                "手机", "手机号", "手机号码", "电话", "电话号码", "联系电话", "联系方式", "收货人手机",
            ]
        ),
        (.email, ["email", "mail", "emailaddress", "邮箱", "电子邮箱", "电子邮件", "邮件地址"]),
        (.phoneHash, ["phonehash", "mobilehash", "phonesha256", "sha256phone", "sha256phonenumber", "手机号哈希"]),
        (.emailHash, ["emailhash", "emailsha256", "sha256email", "sha256emailaddress", "邮箱哈希"]),
        (.device, ["deviceid", "device", "idfa", "imei", "oaid", "androidid", "gaid", "设备id", "设备号", "设备"]),
        (
            .anonymous,
            ["anonymousid", "clientid", "sessionid", "session", "cookieid", "visitor", "访客id", "匿名id", "会话id"]
        ),
        (
            .name,
            [
                "event", "eventname", "eventtype", "action", "behavior", "behaviortype", "behaviour", "behaviourtype",
                "事件", "事件名", "事件名称", "事件类型", "行为", "行为类型", "动作", "操作",
            ]
        ),
        (
            .time,
            [
                "time", "timestamp", "ts", "datetime", "date", "eventtime", "createdat", "createtime", "occurredat",
                "paidat", "paytime", "orderdate", "ordertime", "updatedat", "时间", "日期", "时间戳", "事件时间", "创建时间",
                "下单时间", "支付时间", "付款时间", "成交时间", "发生时间", "订单时间", "订单创建时间", "订单付款时间",
            ]
        ),
        (.channel, ["channel", "platform", "utmsource", "medium", "渠道", "来源渠道", "平台", "来源", "终端"]),
        (
            .order,
            [
                "orderid", "order", "orderno", "ordernumber", "ordersn", "tradeno", "transactionid", "basketid", "订单号",
                "订单id", "订单编号", "主订单编号", "子订单编号", "交易号", "单号",
            ]
        ),
        (
            .product,
            [
                "productid", "product", "itemid", "item", "sku", "skuid", "spuid", "goodsid", "goods", "productcode",
                "asin",
                "商品id", "商品", "商品编号", "商品编码", "货号", "宝贝id", "商品sku",
            ]
        ),
        (.room, ["roomid", "room", "liveroomid", "liveid", "直播间id", "直播间", "房间号", "直播间编号"]),
        (.coupon, ["couponid", "coupon", "couponcode", "vouchercode", "couponupc", "优惠券id", "优惠券", "优惠码", "券码"]),
        (.campaign, ["campaignid", "campaign", "活动id", "活动", "活动编号", "计划id"]),
        (
            .amount,
            [
                "amount", "total", "totalamount", "paid", "paidamount", "payamount", "payment", "price", "revenue",
                "gmv",
                "totalprice", "orderamount", "salesvalue", "subtotal", "金额", "实付金额", "支付金额", "付款金额", "订单金额",
                "实付", "总价", "总额", "成交额", "成交金额", "应付金额", "订单应付金额", "实收", "价格", "单价",
            ]
        ),
        (
            .amountMinor,
            ["amountfen", "amountcents", "pricefen", "pricecents", "totalfen", "totalcents", "金额分", "实付金额分"]
        ),
        (.currency, ["currency", "currencycode", "币种", "货币", "货币代码"]),
        (.decision, ["decision", "decisionid", "决策id"]),
        (
            .title,
            ["title", "productname", "itemname", "goodsname", "标题", "名称", "商品名称", "商品名", "商品标题", "活动名称"]
        ),
        (
            .category,
            ["category", "categoryname", "department", "cat", "commoditydesc", "类目", "分类", "品类", "商品类目", "类别"]
        ),
        (.brand, ["brand", "brandname", "manufacturer", "vendor", "品牌", "品牌名称", "厂商"]),
        (.kind, ["campaigntype", "活动类型"]),
        (.start, ["start", "startat", "starttime", "startdate", "startday", "开始时间", "开始日期", "活动开始时间"]),
        (.end, ["end", "endat", "endtime", "enddate", "endday", "结束时间", "结束日期", "活动结束时间"]),
    ]

    private static let partNames: [(word: String, role: ColumnRole)] = [
        ("手机", .phone), ("邮箱", .email), ("订单号", .order), ("订单编号", .order), ("金额", .amount), ("时间", .time),
        ("日期", .time), ("渠道", .channel), ("商品id", .product), ("商品编", .product), ("直播间", .room), ("优惠券", .coupon),
        ("用户id", .person), ("会员", .person), ("openid", .openid), ("unionid", .unionid), ("userid", .person),
        ("phone", .phone), ("mobile", .phone), ("email", .email), ("orderid", .order), ("orderno", .order),
        ("amount", .amount), ("timestamp", .time), ("datetime", .time), ("productid", .product), ("deviceid", .device),
        ("roomid", .room), ("couponcode", .coupon),
    ]
}
