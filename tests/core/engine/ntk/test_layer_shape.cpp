#include "core/engine/ntk/layer_shape.h"

#include "core/engine/model/lora.h"
#include "core/engine/theory/random_encoder.h"
#include "core/engine/threads.h"

#include <QtTest>

#include <tuple>
#include <utility>

using namespace finescope::engine;

namespace {

constexpr std::int64_t kWidth = 16;

} // namespace

class TestLayerShape : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { setThreads(1); }

    // By hand, of BERT's layer: query, key, value, attention's output, and the two that widen and narrow.
    void aLayersSizesAreThoseOfItsTaps() {
        Encoder encoder = randomEncoder("bert", kWidth, 1);
        constexpr std::int64_t kWide = 2 * kWidth + 4;
        for (const std::int64_t rank : {0, 3}) {
            if (rank > 0) {
                addLora(encoder, {rank, 6.0, 9});
            }
            const std::vector<LayerShape> shapes = layerShapes(*encoder);
            QCOMPARE(shapes.size(), std::size_t{2});
            for (const LayerShape& shape : shapes) {
                const std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t, bool, bool>> expected{
                    {kWidth, kWidth, rank, true, false}, {kWidth, kWidth, 0, false, true},
                    {kWidth, kWidth, rank, false, true}, {kWidth, kWidth, 0, true, false},
                    {kWidth, kWide, 0, true, false},     {kWide, kWidth, 0, true, false}};
                QCOMPARE(shape.linears.size(), expected.size());
                for (std::size_t i = 0; i < expected.size(); ++i) {
                    const LinearShape& linear = shape.linears[i];
                    QVERIFY(std::tuple(linear.in, linear.out, linear.rank, linear.pooledOnly,
                                       linear.readsAsOther) == expected[i]);
                }
                QCOMPARE(shape.biases, 5 * kWidth + kWide);
                QCOMPARE(shape.norms, 4 * kWidth);
                QCOMPARE(shape.attentionWidth, kWidth);
                QVERIFY(shape.readsInput);
            }
        }
        // 3 samples of 4 tokens; of the first token alone, only keys and values are made of all.
        SampleBlock block;
        block.count = 3;
        block.length = 4;
        const LayerShape shape = layerShapes(*encoder).front();
        const double square = kWidth * kWidth, wide = kWidth * kWide;
        const LayerOperations all = layerOperations(shape, block, OutputTokens::all),
                              first = layerOperations(shape, block, OutputTokens::pooled);
        QCOMPARE(all.forward, 2 * 3 * 4 * (4 * square + 2 * wide) + 4 * 3 * 4 * 4 * kWidth);
        QCOMPARE(all.forward - all.again, 2 * 3 * 4 * wide);
        QCOMPARE(first.forward, 2 * 3 * (4 * 2 * square + 2 * square + 2 * wide) + 4 * 3 * 4 * kWidth);
        QCOMPARE(first.backward - first.forward, 4.0 * 3 * 4 * kWidth);
    }

    // By hand, of DeBERTa's layer, whose queries and keys read a table of 12 rows, too.
    void aTableIsReadByTheLayersThatProjectIt() {
        const Encoder encoder = randomEncoder("deberta-v2", kWidth, 1);
        const LayerShape shape = layerShapes(*encoder).front();
        QCOMPARE(shape.linears.size(), std::size_t{6});
        QCOMPARE(shape.tableRows, std::int64_t{12});
        for (std::size_t i = 0; i < shape.linears.size(); ++i) {
            QVERIFY(shape.linears[i].readsTokens);
            QCOMPARE(shape.linears[i].readsTable, i < 2);
        }
        QCOMPARE(shape.biases, 5 * kWidth + 2 * kWidth + 4);
        const auto counts = [&](std::size_t linear, std::int64_t length, OutputTokens tokens) {
            const ReadCounts read = readCounts(shape, shape.linears[linear], length, tokens);
            return std::pair(read.tokens, read.rows);
        };
        QVERIFY(counts(0, 4, OutputTokens::pooled) == std::pair(std::int64_t{1}, std::int64_t{7}));
        QVERIFY(counts(1, 4, OutputTokens::pooled) == std::pair(std::int64_t{4}, std::int64_t{7}));
        QVERIFY(counts(1, 9, OutputTokens::all) == std::pair(std::int64_t{9}, std::int64_t{12}));
        QVERIFY(counts(2, 4, OutputTokens::all) == std::pair(std::int64_t{4}, std::int64_t{0}));
        // The table once on the way forward, and for each sample on the way back.
        SampleBlock block;
        block.count = 3;
        block.length = 4;
        const LayerOperations all = layerOperations(shape, block, OutputTokens::all);
        const double square = kWidth * kWidth, wide = kWidth * (2 * kWidth + 4),
                     projected = 2 * 2 * 7 * square;
        const double scores = 4 * 3 * 4 * 4 * kWidth + 2 * 2 * 3 * 4 * 7 * kWidth;
        QCOMPARE(all.forward, 2 * 3 * 4 * (4 * square + 2 * wide) + scores + projected);
        QCOMPARE(all.backward - all.forward, scores + 2 * projected);
    }
};

QTEST_GUILESS_MAIN(TestLayerShape)
#include "test_layer_shape.moc"
